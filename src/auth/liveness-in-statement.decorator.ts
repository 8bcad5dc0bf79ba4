import { SetMetadata } from '@nestjs/common';

export const LIVENESS_IN_STATEMENT = 'parley:liveness-in-statement';

/**
 * For a route whose own SQL statement checks that the session is live (see `liveSession`): the guard then
 * verifies the token only and saves a round trip. Without this the guard asks the database first.
 */
export const LivenessInStatement = (): MethodDecorator => SetMetadata(LIVENESS_IN_STATEMENT, true);
