import { createHash } from 'node:crypto';
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
}

/** Signs session tokens, and knows the secrets by which they are verified. */
@Injectable()
export class SessionTokenService {
  private readonly secretsByKeyId: ReadonlyMap<string, string>;

  constructor(
    private readonly jwt: JwtService,
    private readonly configuration: Configuration,
  ) {
    this.secretsByKeyId = new Map(configuration.auth.jwtSecrets.map((secret) => [keyIdOf(secret), secret]));
  }

  sign(claims: SessionClaims): Promise<string> {
    const [secret] = this.configuration.auth.jwtSecrets;
    return this.jwt.signAsync(
      { ...claims },
      {
        secret,
        keyid: keyIdOf(secret),
        algorithm: this.configuration.auth.jwtAlgorithm,
        issuer: TOKEN_ISSUER,
        audience: TOKEN_AUDIENCE,
      },
    );
  }

  /**
   * The secret to verify this token with: the one its `kid` names, so that a rotated secret keeps verifying
   * the tokens it signed; otherwise the current one, with which a foreign token then fails.
   */
  secretFor(token: string): string {
    const decoded: unknown = this.jwt.decode(token, { complete: true });
    const keyId = isJwt(decoded) ? decoded.header.kid : undefined;
    const known = keyId === undefined ? undefined : this.secretsByKeyId.get(keyId);
    return known ?? this.configuration.auth.jwtSecrets[0];
  }
}

/** The decoder returns null for what is not a JWT, whatever its type says. */
function isJwt(decoded: unknown): decoded is { header: { kid?: string } } {
  return typeof decoded === 'object' && decoded !== null && 'header' in decoded;
}

/** A name for a secret that tells nothing about it. */
function keyIdOf(secret: string): string {
  return createHash('sha256').update(`parley-kid:${secret}`).digest('base64url').slice(0, 11);
}
