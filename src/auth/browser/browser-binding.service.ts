import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Configuration } from '../../config/configuration.js';
import { deriveKey } from '../derived-key.js';
import { browserFamily } from './browser-family.js';

/** 128 bits: the claim is signed along with the token, so it only has to hide the family. */
const BINDING_BYTES = 16;

/**
 * Ties a token to the family of browsers it was issued to, so that one copied out of a browser is of no use in
 * another program. All it takes is in the token and the request: nothing is looked up.
 *
 * Only browsers are bound. Programs, and servers that hand a token on, are not: they have no family to tell.
 */
@Injectable()
export class BrowserBinding {
  private readonly key: Buffer;

  constructor(private readonly configuration: Configuration) {
    this.key = deriveKey(configuration.auth.emailHashKey, 'browser-binding');
  }

  /** What the token of this session says about its browser; undefined: any program may use it. */
  bind(sessionId: string, userAgent: string | undefined): string | undefined {
    const family = this.configuration.auth.bindsBrowser ? browserFamily(userAgent) : undefined;
    return family === undefined ? undefined : this.bindingOf(sessionId, family).toString('base64url');
  }

  /** Whether a token with this binding may be used by whoever sent this `User-Agent`. */
  permits(sessionId: string, binding: string | undefined, userAgent: string | undefined): boolean {
    if (binding === undefined || !this.configuration.auth.bindsBrowser) {
      return true;
    }
    const family = browserFamily(userAgent);
    const given = Buffer.from(binding, 'base64url');
    return (
      family !== undefined &&
      given.length === BINDING_BYTES &&
      timingSafeEqual(given, this.bindingOf(sessionId, family))
    );
  }

  private bindingOf(sessionId: string, family: string): Buffer {
    return createHmac('sha256', this.key)
      .update(`${sessionId}:${family}`)
      .digest()
      .subarray(0, BINDING_BYTES);
  }
}
