import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Configuration } from '../../config/configuration.js';
import { deriveKey } from '../derived-key.js';

/** What is mailed to whom. */
export interface CodeMail {
  readonly email: string;
  readonly code: string;
}

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts address and code for the short time between the request and the mail, so that neither can be read in
 * the database or in a copy of it. Bound to the code's id: what was sealed for one cannot be passed off for another.
 */
@Injectable()
export class MailSeal {
  private readonly key: Buffer;

  constructor(configuration: Configuration) {
    this.key = deriveKey(configuration.auth.emailHashKey, 'sign-in-mail');
  }

  seal(codeId: string, { email, code }: CodeMail): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.key, iv).setAAD(Buffer.from(codeId));
    const text = Buffer.concat([cipher.update(JSON.stringify({ email, code }), 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), text]);
  }

  /** @throws when it was sealed with another key or for another id, or was changed since. */
  open(codeId: string, sealed: Buffer): CodeMail {
    const decipher = createDecipheriv(ALGORITHM, this.key, sealed.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(codeId)).setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const text = Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
    return JSON.parse(text.toString('utf8')) as CodeMail;
  }
}
