/** A slash command, as far as the desk describes its own. */
export interface DeskCommand {
  readonly type: number;
  readonly name: string;
  readonly description: string;
  readonly default_member_permissions: string;
  readonly options: readonly DeskOption[];
}

interface DeskOption {
  readonly type: number;
  readonly name: string;
  readonly description: string;
  readonly min_value: number;
  readonly max_value: number;
}

const CHAT_INPUT = 1;
const INTEGER = 4;
/** Who may not write in threads is not shown the commands; who may carry them out, roles decide. */
const SEND_MESSAGES_IN_THREADS = String(1n << 38n);
const LONGEST_BLOCK_HOURS = 720;

export const HOURS_OPTION = 'hours';
export const DEFAULT_BLOCK_HOURS = 24;

const DESCRIPTIONS = {
  takeover: 'Answer this visitor yourself: the model is silent until /handback',
  handback: 'Let the model answer this visitor again',
  end: "End this visitor's session",
  info: 'Show how this session stands, to you alone',
  block: "End this visitor's session and refuse the visitor a new one for a while",
} as const;

export type CommandName = keyof typeof DESCRIPTIONS;

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(DESCRIPTIONS, name);
}

export const DESK_COMMANDS: readonly DeskCommand[] = Object.entries(DESCRIPTIONS).map(
  ([name, description]) => ({
    type: CHAT_INPUT,
    name,
    description,
    default_member_permissions: SEND_MESSAGES_IN_THREADS,
    options:
      name === 'block'
        ? [
            {
              type: INTEGER,
              name: HOURS_OPTION,
              description: `For how many hours; ${DEFAULT_BLOCK_HOURS} unless told`,
              min_value: 1,
              max_value: LONGEST_BLOCK_HOURS,
            },
          ]
        : [],
  }),
);

/** Whether commands say the same, whatever else Discord tells of those it has, and in whatever order. */
export function areSameCommands(registered: readonly object[], wanted: readonly DeskCommand[]): boolean {
  return fingerprint(registered) === fingerprint(wanted);
}

function fingerprint(commands: readonly object[]): string {
  const lines = (commands as readonly Partial<DeskCommand>[]).map((command) =>
    JSON.stringify([
      command.type,
      command.name,
      command.description,
      command.default_member_permissions,
      (command.options ?? []).map(({ type, name, description, min_value, max_value }) => [
        type,
        name,
        description,
        min_value,
        max_value,
      ]),
    ]),
  );
  return lines.toSorted().join('\n');
}
