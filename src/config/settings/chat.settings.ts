import { wholeNumber } from '../formats/number.formats.js';
import { text } from '../formats/text.formats.js';
import { optionalSetting, setting } from '../setting.js';

export const CHAT_SETTINGS = {
  MAX_MESSAGES_PER_SESSION: setting(wholeNumber(1, 1_000_000), {
    about: 'How many messages a visitor may send in one session.',
    default: '50',
  }),
  MAX_MESSAGE_LENGTH: setting(wholeNumber(1, 100_000), {
    about: 'The most Unicode characters of one message.',
    default: '4000',
  }),
  TURN_LEASE_SECONDS: optionalSetting(wholeNumber(2, 3_600), {
    about: 'When another process may take over a turn whose process has died; more than AI_TIMEOUT_SECONDS.',
    unset: 'AI_TIMEOUT_SECONDS + 15',
    example: '45',
  }),
  OPERATOR_NOTICE: setting(text(2_000), {
    about: 'What a visitor reads in reply to a message while an operator answers instead of a model.',
    default: 'A member of our team has joined this conversation and will answer you here.',
  }),
  MAX_RUNNING_TURNS: setting(wholeNumber(1, 100_000), {
    about: 'How many messages one process gets a reply for at the same time; others get 503 at once.',
    default: '2500',
  }),
  MAX_OPEN_STREAMS: setting(wholeNumber(1, 100_000), {
    about: 'How many streams one process has open at the same time; others get 503 at once.',
    default: '5000',
  }),
  RETENTION_DAYS: optionalSetting(wholeNumber(1, 36_500), {
    about:
      'How many days after its last possible use a session is removed, with all its messages; see docs/housekeeping.md.',
    unset: 'nothing is removed',
    example: '90',
  }),
  STREAM_HEARTBEAT_SECONDS: setting(wholeNumber(1, 300), {
    about: 'How often a stream says that it is still there; less than what proxies wait for.',
    default: '15',
  }),
};
