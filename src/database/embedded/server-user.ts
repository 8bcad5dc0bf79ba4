import { execFile } from 'node:child_process';
import { chown } from 'node:fs/promises';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { errorCode, errorText } from './error-facts.js';

const run = promisify(execFile);

/**
 * The whole environment of the server and its helpers. Nothing is inherited: a stray PGDATA, PGOPTIONS or
 * locale of the operator's shell must not reach the cluster.
 */
export const SERVER_ENVIRONMENT = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' };

/**
 * The account PostgreSQL runs under. It refuses to run as root, so a root process has to hand it to
 * somebody else; any other process keeps its own account.
 */
export class ServerUser {
  private constructor(
    /** How to name the account in a message. */
    readonly label: string,
    /** What to add to the options of `spawn`; `undefined` when the account is that of this process. */
    readonly credentials: { readonly uid: number; readonly gid: number } | undefined,
  ) {}

  static ofThisProcess(): ServerUser {
    return new ServerUser('this user', undefined);
  }

  static owning(owner: { readonly uid: number; readonly gid: number }): ServerUser {
    return new ServerUser(`the user with the number ${owner.uid}`, { uid: owner.uid, gid: owner.gid });
  }

  /** The account `nobody`, whose number differs between systems (65534 on most, -2 on macOS). */
  static async unprivileged(): Promise<ServerUser> {
    try {
      // Node takes signed numbers only, and macOS prints -2 as an unsigned one.
      const ask = async (flag: string) => Number((await run('id', [flag, 'nobody'])).stdout) | 0;
      return new ServerUser('the user "nobody"', { uid: await ask('-u'), gid: await ask('-g') });
    } catch (error) {
      throw new EmbeddedPostgresError(
        'PostgreSQL refuses to run as root, and this system has no user "nobody" to run it instead: ' +
          'start Parley as an ordinary user, or set DATABASE_URL to a PostgreSQL of yours.',
        { cause: error },
      );
    }
  }

  /** Gives the account a folder that we made. */
  async takeOver(folder: string): Promise<void> {
    if (this.credentials !== undefined) await chown(folder, this.credentials.uid, this.credentials.gid);
  }

  /**
   * Asks the system itself instead of reading permission bits, which know nothing of access lists,
   * security modules or squashed network mounts.
   */
  async canEnter(folder: string): Promise<boolean> {
    return (await this.faultOf('/bin/sh', ['-c', 'cd "$1"', 'sh', folder])) === undefined;
  }

  async canWriteIn(folder: string): Promise<boolean> {
    return (await this.faultOf('/bin/sh', ['-c', 'cd "$1" && test -w .', 'sh', folder])) === undefined;
  }

  /** Runs a short program under the account. Returns what went wrong, or `undefined` when it ended well. */
  async faultOf(program: string, args: readonly string[]): Promise<string | undefined> {
    try {
      await run(program, args, { ...this.credentials, cwd: '/', env: SERVER_ENVIRONMENT, timeout: 10_000 });
      return undefined;
    } catch (error) {
      if (errorCode(error) === 'EPERM') {
        throw new EmbeddedPostgresError(
          `PostgreSQL refuses to run as root, and this process may not become ${this.label}: start Parley ` +
            'as an ordinary user, or set DATABASE_URL to a PostgreSQL of yours.',
          { cause: error },
        );
      }
      const said = (error as { stderr?: string }).stderr?.trim();
      return said ? said : errorText(error);
    }
  }
}
