import type { FastifyRequest } from 'fastify';
import { clientAddress } from '../../common/http/client-address.js';
import { contextOf } from '../../common/http/request-context.js';
import type { BotThresholds, Configuration } from '../../config/configuration.js';
import { addressGroup } from '../throttling/address-group.js';
import type { LimitedAction } from '../throttling/rate-limit-policy.js';
import { BotFingerprints } from './bot-fingerprints.js';
import { foldedEmail, foldedMessage } from './folded-text.js';
import type { BotPart, Observation } from './suspicions.js';

/**
 * What a request shows of its caller, as far as the parts are turned on. It has not been validated yet: its
 * body may be anything.
 */
export class BotObservations {
  private readonly thresholds: BotThresholds;
  private readonly maxMessageLength: number;
  private readonly fingerprints: BotFingerprints;

  constructor({ security, chat, auth }: Configuration) {
    this.thresholds = security.botThresholds;
    this.maxMessageLength = chat.maxMessageLength;
    this.fingerprints = new BotFingerprints(auth.emailHashKey);
  }

  of(action: LimitedAction, request: FastifyRequest): Observation[] {
    const address = addressGroup(clientAddress(request));
    const observations =
      action === 'sign-in' ? this.ofSignIn(request, address) : this.ofMessage(request, address);
    return observations.filter(({ threshold }) => threshold > 0);
  }

  private ofSignIn({ body }: FastifyRequest, address: string): Observation[] {
    const email = foldedEmail(body);
    const { signInsPerAddress, signInsPerEmail } = this.thresholds;
    return [
      this.observation('sign-ins-per-address', [address], signInsPerAddress, 'always'),
      ...(email === undefined
        ? []
        : [this.observation('sign-ins-per-email', [email], signInsPerEmail, 'always')]),
    ];
  }

  private ofMessage(request: FastifyRequest, address: string): Observation[] {
    const { sessionId } = contextOf(request);
    if (sessionId === undefined) {
      return [];
    }
    const text = foldedMessage(request.body, this.maxMessageLength);
    const { fastMessages, repeatedMessages } = this.thresholds;
    const cadence = this.observation('fast-messages', [sessionId], fastMessages, 'cadence');
    if (text === undefined) {
      return [cadence];
    }
    const repetition = this.observation('repeated-messages', [address, text], repeatedMessages, 'once');
    const onceKey = this.fingerprints.key(repetition.part, repetition.key, sessionId);
    return [cadence, { ...repetition, onceKey }];
  }

  private observation(
    part: BotPart,
    subject: readonly string[],
    threshold: number,
    counts: Observation['counts'],
  ): Observation {
    return { part, key: this.fingerprints.key(part, ...subject), threshold, counts };
  }
}
