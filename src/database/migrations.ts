import type { MigrationInterface } from 'typeorm';
import { InitialSchema1795478400000 } from '../../migrations/1795478400000-initial-schema.js';
import { VerifiedSignIn1795503600000 } from '../../migrations/1795503600000-verified-sign-in.js';
import { Streaming1795510800000 } from '../../migrations/1795510800000-streaming.js';
import { Notifications1795514400000 } from '../../migrations/1795514400000-notifications.js';
import { TokenBudgets1795518000000 } from '../../migrations/1795518000000-token-budgets.js';
import { OperatorsDesk1795521600000 } from '../../migrations/1795521600000-operators-desk.js';
import { OperatorsDeskChecks1795521660000 } from '../../migrations/1795521660000-operators-desk-checks.js';
import { OperatorsDeskIndexes1795521720000 } from '../../migrations/1795521720000-operators-desk-indexes.js';
import { DiscordPositions1795523400000 } from '../../migrations/1795523400000-discord-positions.js';
import { Housekeeping1795525200000 } from '../../migrations/1795525200000-housekeeping.js';

/**
 * Every migration, oldest first. Listed by hand instead of by a file pattern, so that the compiler sees a
 * missing one and the built service and the tests load the very same list.
 */
export const migrations: readonly (new () => MigrationInterface)[] = [
  InitialSchema1795478400000,
  VerifiedSignIn1795503600000,
  Streaming1795510800000,
  Notifications1795514400000,
  TokenBudgets1795518000000,
  OperatorsDesk1795521600000,
  OperatorsDeskChecks1795521660000,
  OperatorsDeskIndexes1795521720000,
  DiscordPositions1795523400000,
  Housekeeping1795525200000,
];
