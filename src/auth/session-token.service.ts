import { createHash, createSecretKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Configuration } from '../config/configuration.js';

export const TOKEN_ISSUER = 'parley';
export const TOKEN_AUDIENCE = 'parley-chat';

/** What a token says: which session, from when, until when. It holds nothing about the visitor. */
export interface SessionClaims {
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
  /** Ties the token to a family of browsers; see BrowserBinding. Absent: any program may use it. */
  readonly bnd?: string;
}

/** Signs session tokens, and knows the secrets by which they are verified. */
@Injectable()
export class SessionTokenService {
  private readonly currentKey: KeyObject;
  private readonly keysById: ReadonlyMap<string, KeyObject>;

  constructor(
    private readonly jwt: JwtService,
    private readonly configuration: Configuration,
  ) {
    const [current, ...previous] = configuration.auth.jwtSecrets;
    this.currentKey = toKey(current);
    this.keysById = new Map([
      [keyIdOf(current), this.currentKey],
      ...previous.map((secret) => [keyIdOf(secret), toKey(secret)] as const),
    ]);
  }

  sign(claims: SessionClaims): Promise<string> {
    return this.jwt.signAsync(
      { ...claims },
      {
        // The types of the wrapper know text and PEM only; the library below it takes any key of Node's.
        secret: this.currentKey as unknown as Buffer,
        keyid: keyIdOf(this.configuration.auth.jwtSecrets[0]),
        algorithm: this.configuration.auth.jwtAlgorithm,
        issuer: TOKEN_ISSUER,
        audience: TOKEN_AUDIENCE,
      },
    );
  }

  /**
   * The key to verify this token with: the one its `kid` names, so that a rotated secret keeps verifying
   * the tokens it signed; otherwise the current one, with which a foreign token then fails.
   */
  keyFor(token: string): KeyObject {
    const decoded: unknown = this.jwt.decode(token, { complete: true });
    const keyId = isJwt(decoded) ? decoded.header.kid : undefined;
    const known = keyId === undefined ? undefined : this.keysById.get(keyId);
    return known ?? this.currentKey;
  }
}

/**
 * Made once: given text, the library tries at every call whether it might be a public key, which costs five
 * times the verification itself.
 */
function toKey(secret: string): KeyObject {
  return createSecretKey(Buffer.from(secret));
}

/** The decoder returns null for what is not a JWT, whatever its type says. */
function isJwt(decoded: unknown): decoded is { header: { kid?: string } } {
  return typeof decoded === 'object' && decoded !== null && 'header' in decoded;
}

/** A name for a secret that tells nothing about it. */
function keyIdOf(secret: string): string {
  return createHash('sha256').update(`parley-kid:${secret}`).digest('base64url').slice(0, 11);
}
