import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { SESSION_ID } from '../common/ids.js';
import { Configuration } from '../config/configuration.js';
import {
  SessionTokenService,
  TOKEN_AUDIENCE,
  TOKEN_ISSUER,
  type SessionClaims,
} from './session-token.service.js';

export const SESSION_TOKEN_STRATEGY = 'session-token';

/** The caller, as far as the token alone tells. */
export interface SessionPrincipal {
  readonly sessionId: string;
  /** The token's `bnd`; see BrowserBinding. */
  readonly browserBinding: string | undefined;
}

@Injectable()
export class SessionTokenStrategy extends PassportStrategy(Strategy, SESSION_TOKEN_STRATEGY) {
  constructor(configuration: Configuration, tokens: SessionTokenService) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      // Pinned: the algorithm a token claims for itself must never choose how it is verified.
      algorithms: [configuration.auth.jwtAlgorithm],
      issuer: TOKEN_ISSUER,
      audience: TOKEN_AUDIENCE,
      secretOrKeyProvider: (
        _request: unknown,
        token: string,
        done: (error: unknown, secret?: Buffer) => void,
      ) => done(null, tokens.keyFor(token) as unknown as Buffer),
    });
  }

  /** Called with verified claims; `false` means that the token is not one of ours after all. */
  validate(claims: Partial<SessionClaims>): SessionPrincipal | false {
    return typeof claims.jti === 'string' &&
      SESSION_ID.test(claims.jti) &&
      typeof claims.exp === 'number' &&
      ['undefined', 'string'].includes(typeof claims.bnd)
      ? { sessionId: claims.jti, browserBinding: claims.bnd }
      : false;
  }
}
