/** One thing that is wrong with one setting. */
export interface ConfigurationFault {
  /** The environment variable to change. */
  readonly name: string;
  /** What is wrong and what would be right, to be read after the name. Never holds the value of a secret. */
  readonly problem: string;
}

/** EX_CONFIG of sysexits.h: tells a supervisor that starting again cannot help. */
const EX_CONFIG = 78;

/** The service cannot start as it is configured. Carries every fault, so that one look can mend them all. */
export class ConfigurationError extends Error {
  /** What the process should exit with. */
  readonly exitCode = EX_CONFIG;

  constructor(readonly faults: readonly ConfigurationFault[]) {
    const heading = faults.length === 1 ? 'One setting is wrong:' : `${faults.length} settings are wrong:`;
    super([heading, ...faults.map(({ name, problem }) => `  ${name} ${problem}`)].join('\n'));
    this.name = 'ConfigurationError';
  }
}
