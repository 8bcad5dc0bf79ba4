import type { Client } from 'pg';
import {
  END_EXPIRED_SESSIONS,
  END_IDLE_SESSIONS,
  REMOVE_ENDED_BLOCKS,
  REMOVE_EXPIRED_CODES,
} from '../../src/auth/housekeeping/housekeeping-statements.js';
import { END_OLDEST_SESSIONS, END_SESSION, SELECT_LIVE_SESSION } from '../../src/auth/session-statements.js';
import { RESERVE_TOKENS, SETTLE_TOKENS } from '../../src/chat/budget/token-statements.js';
import { ERASE_HISTORY } from '../../src/chat/erasure/erasure-statements.js';
import {
  REMOVE_ERASED_KEYS,
  REMOVE_OLD_COMMANDS,
  REMOVE_OLD_CONVERSATIONS,
  REMOVE_STALE_RUNNING_TURNS,
  REMOVE_VOID_DELTAS,
  SELECT_ABANDONED_TURNS,
  SELECT_REMAINS,
} from '../../src/chat/housekeeping/housekeeping-statements.js';
import { SELECT_NEWS } from '../../src/chat/news/news-statements.js';
import {
  APPEND_DELTAS,
  SELECT_MISSED_SIGNALS,
  SELECT_PROGRESS,
} from '../../src/chat/streaming/delta-statements.js';
import { ACCEPT_TURN, COMPLETE_TURN, SELECT_HISTORY, SELECT_TURN } from '../../src/chat/turn-statements.js';
import type { Statement } from '../../src/database/statement.js';
import { SELECT_NEXT_NOTIFICATIONS } from '../../src/notification/delivery/notification-statements.js';

export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Parent Relationship'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** Whether there is such a session makes no difference to a plan. */
const SESSION = 'a-session-that-is-not-there';
const TURN = 'a-turn-that-is-not-there';

/** Statement, values, and indexes that its plan must use. */
export const STATEMENTS: readonly [
  name: string,
  statement: Statement,
  values: readonly unknown[],
  indexes: readonly string[],
][] = [
  [
    'accept',
    ACCEPT_TURN,
    [SESSION, TURN, 'Hello', 'key', Buffer.from('digest'), 50, 45_000, 4],
    ['pk_sessions', 'uq_message_idempotency_key', 'uq_message_reply_to', 'idx_message_session_type'],
  ],
  [
    'complete',
    COMPLETE_TURN,
    [SESSION, TURN, 1, 'answered', 'reply', 'text', 'model', 1, 1, 1, null, 1],
    ['pk_sessions', 'pk_chat_messages'],
  ],
  ['reserve tokens', RESERVE_TOKENS, [SESSION, TURN, 10, 100, 100], ['pk_sessions', 'pk_chat_messages']],
  ['settle tokens', SETTLE_TOKENS, [TURN, 10], ['pk_sessions', 'pk_chat_messages']],
  [
    'history, newest page',
    SELECT_HISTORY,
    [SESSION, null, 21],
    ['idx_message_session_time', 'uq_message_reply_to'],
  ],
  [
    'history, older page',
    SELECT_HISTORY,
    [SESSION, TURN, 21],
    ['idx_message_session_time', 'pk_chat_messages'],
  ],
  ['one message', SELECT_TURN, [SESSION, TURN], ['pk_sessions', 'pk_chat_messages', 'uq_message_reply_to']],
  ['live session', SELECT_LIVE_SESSION, [SESSION], ['pk_sessions']],
  ['sign out', END_SESSION, [SESSION], ['pk_sessions']],
  ['replaced sessions', END_OLDEST_SESSIONS, ['address', 9], ['idx_session_email_active']],
  ['append deltas', APPEND_DELTAS, [[TURN], [1], [1], ['text'], true], ['pk_chat_messages']],
  ['progress', SELECT_PROGRESS, [[TURN], [0]], ['pk_chat_messages', 'uq_message_reply_to', 'pk_turn_deltas']],
  [
    'missed signals',
    SELECT_MISSED_SIGNALS,
    [[TURN], [SESSION], [1], [false]],
    ['pk_chat_messages', 'pk_sessions'],
  ],
  [
    'news of a session',
    SELECT_NEWS,
    [[SESSION], [0]],
    ['pk_sessions', 'idx_message_session_time', 'idx_message_revision'],
  ],
  [
    'next notifications',
    SELECT_NEXT_NOTIFICATIONS,
    [SESSION, 'log', 10],
    ['idx_notification_session_channel'],
  ],
  ['erasure', ERASE_HISTORY, [SESSION], ['pk_sessions', 'pk_chat_messages']],
  [
    'housekeeping: expired sessions',
    END_EXPIRED_SESSIONS,
    [50],
    ['idx_session_active_expiry', 'pk_sessions'],
  ],
  [
    'housekeeping: idle sessions',
    END_IDLE_SESSIONS,
    ['-infinity', '', 500],
    ['idx_session_active_expiry', 'pk_sessions'],
  ],
  ['housekeeping: sign-in codes', REMOVE_EXPIRED_CODES, [500], ['idx_sign_in_code_expiry']],
  ['housekeeping: blocks', REMOVE_ENDED_BLOCKS, [500], []],
  [
    'housekeeping: abandoned turns',
    SELECT_ABANDONED_TURNS,
    [3_600_000, 50],
    ['pk_chat_messages', 'pk_sessions'],
  ],
  [
    'housekeeping: what is left of a turn',
    SELECT_REMAINS,
    [SESSION, TURN],
    ['pk_chat_messages', 'pk_turn_deltas'],
  ],
  ['housekeeping: stale running turns', REMOVE_STALE_RUNNING_TURNS, [500], ['pk_chat_messages']],
  ['housekeeping: void deltas', REMOVE_VOID_DELTAS, [500], ['pk_chat_messages']],
  ['housekeeping: erased keys', REMOVE_ERASED_KEYS, [500], []],
  ['housekeeping: commands', REMOVE_OLD_COMMANDS, [500, 604_800_000], ['idx_operator_command_age']],
  [
    'housekeeping: retention',
    REMOVE_OLD_CONVERSATIONS,
    [86_400_000, 20, 500],
    ['idx_session_active_expiry', 'pk_chat_messages'],
  ],
  // What foreign keys ask when a message or a session is removed.
  [
    'replies of a message',
    `DELETE FROM chat_messages WHERE reply_to_id = $1`,
    [TURN],
    ['uq_message_reply_to'],
  ],
  ['deltas of a message', `DELETE FROM turn_deltas WHERE turn_id = $1`, [TURN], ['pk_turn_deltas']],
  [
    'messages of a session',
    `DELETE FROM chat_messages WHERE session_id = $1`,
    [SESSION],
    ['idx_message_session_'],
  ],
  [
    'notifications of a session',
    `DELETE FROM notifications WHERE session_id = $1`,
    [SESSION],
    ['idx_notification_'],
  ],
];
/** A plan as it is made with the values, or as it is made once for all values: named statements get that in the end. */
export type PlanMode = 'force_custom_plan' | 'force_generic_plan';

export async function planOf(
  client: Client,
  mode: PlanMode,
  statement: Statement,
  values: readonly unknown[],
): Promise<PlanNode[]> {
  const text = typeof statement === 'string' ? statement : statement.text;
  await client.query(`SET plan_cache_mode = ${mode}`);
  await client.query(`PREPARE explained AS ${text}`);
  try {
    const literals = values.map((value) => toLiteral(client, value)).join(', ');
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `EXPLAIN (FORMAT JSON) EXECUTE explained (${literals})`,
    );
    return flatten(rows[0]!['QUERY PLAN'][0].Plan);
  } finally {
    await client.query('DEALLOCATE explained');
  }
}

function toLiteral(client: Client, value: unknown): string {
  if (Array.isArray(value)) {
    return `ARRAY[${value.map((each) => toLiteral(client, each)).join(', ')}]`;
  }
  if (Buffer.isBuffer(value)) {
    return `'\\x${value.toString('hex')}'`;
  }
  return typeof value === 'string' ? client.escapeLiteral(value) : String(value);
}

export function flatten(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}

/** Without what is worked out for a single row, such as the deltas of one reply put together. */
export function mainPath(node: PlanNode): PlanNode[] {
  const inputs = (node.Plans ?? []).filter((each) => each['Parent Relationship'] !== 'SubPlan');
  return [node, ...inputs.flatMap(mainPath)];
}

/** Which of these tables the plan reads from end to end. */
export function wholeReads(nodes: readonly PlanNode[], tables: readonly string[]): string[] {
  return nodes.flatMap((node) => {
    const table = node['Relation Name'] ?? '';
    return node['Node Type'] === 'Seq Scan' && tables.includes(table) ? [table] : [];
  });
}
