/** Access tokens as the service makes them, by hand: the bench signs them and the bare server checks them. */
import { Buffer } from 'node:buffer';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { TOKEN_AUDIENCE, TOKEN_ISSUER } from '../dist/src/auth/session-token.service.js';

const LIFETIME_SECONDS = 3_600;

function signature(text, secret) {
  return createHmac('sha256', secret).update(text).digest();
}

function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

export function signToken(sessionId, secret) {
  const iat = Math.floor(Date.now() / 1000);
  const claims = { jti: sessionId, iat, exp: iat + LIFETIME_SECONDS, iss: TOKEN_ISSUER, aud: TOKEN_AUDIENCE };
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${text}.${signature(text, secret).toString('base64url')}`;
}

/** The session id of a sound token, else undefined. */
export function verifyToken(authorization, secret) {
  const token = authorization?.startsWith('Bearer ') ? authorization.slice(7) : '';
  const end = token.lastIndexOf('.');
  const given = Buffer.from(token.slice(end + 1), 'base64url');
  const expected = signature(token.slice(0, end), secret);
  if (end < 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) {
    return undefined;
  }
  const claims = JSON.parse(Buffer.from(token.slice(token.indexOf('.') + 1, end), 'base64url').toString());
  return claims.exp > Date.now() / 1000 ? claims.jti : undefined;
}
