import { Injectable, type CanActivate } from '@nestjs/common';
import { Problem } from '../../common/problem/problem.js';
import { Configuration } from '../../config/configuration.js';

/** Closes a route where addresses are not verified: there nobody's claim to an address is worth anything. */
@Injectable()
export class VerifiedSignInGuard implements CanActivate {
  constructor(private readonly configuration: Configuration) {}

  /** @throws {Problem} `not_found`. */
  canActivate(): boolean {
    if (!this.configuration.auth.verifiesEmail) {
      throw new Problem('not_found', { detail: 'This service does not verify e-mail addresses.' });
    }
    return true;
  }
}
