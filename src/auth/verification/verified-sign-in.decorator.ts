import { UseGuards } from '@nestjs/common';
import { VerifiedSignInGuard } from './verified-sign-in.guard.js';

/** For a route, or all of a controller, that is there only where addresses are verified. */
export const VerifiedSignInOnly = (): MethodDecorator & ClassDecorator => UseGuards(VerifiedSignInGuard);
