import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface DevelopmentSecrets {
  readonly JWT_SECRET_KEY: string;
  readonly EMAIL_HASH_KEY: string;
}

const FILE_NAME = 'secrets.json';
const SECRET_BYTES = 32;

/**
 * The secrets kept in the data directory, made on first use. Processes that start at the same time all get
 * the same ones.
 *
 * @throws {Error} with a message to be read after the name DATA_DIR, when they cannot be kept or read.
 */
export function keepDevelopmentSecrets(dataDirectory: string): DevelopmentSecrets {
  const file = join(dataDirectory, FILE_NAME);
  let text: string;
  try {
    // Made by root, the folder also has to let the embedded PostgreSQL through, which never runs as root.
    mkdirSync(dataDirectory, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    text = readIfPresent(file) ?? create(file);
  } catch (error) {
    const remedy = 'make that folder writable, or set JWT_SECRET_KEY and EMAIL_HASH_KEY';
    throw new Error(`cannot keep generated secrets (${(error as Error).message}); ${remedy}`, {
      cause: error,
    });
  }
  const secrets = parse(text);
  if (secrets === undefined) {
    // Replacing them silently would end every session and turn every visitor into a stranger.
    throw new Error(`holds a damaged ${FILE_NAME}; restore that file, or delete it to have new secrets made`);
  }
  return secrets;
}

function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/** Puts new secrets in place, or returns those of a process that was faster. */
function create(file: string): string {
  const secrets: DevelopmentSecrets = { JWT_SECRET_KEY: newSecret(), EMAIL_HASH_KEY: newSecret() };
  const draft = `${file}.${randomBytes(8).toString('hex')}`;
  try {
    writeFileSync(draft, `${JSON.stringify(secrets, undefined, 2)}\n`, {
      flag: 'wx',
      mode: 0o600,
      flush: true,
    });
    // Unlike a rename, a link never replaces; unlike an exclusive create, it shows no half-written file.
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(file, 'utf8');
}

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

function parse(text: string): DevelopmentSecrets | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message would quote the secrets.
    return undefined;
  }
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const { JWT_SECRET_KEY, EMAIL_HASH_KEY } = value as Record<string, unknown>;
  return isSecret(JWT_SECRET_KEY) && isSecret(EMAIL_HASH_KEY)
    ? { JWT_SECRET_KEY, EMAIL_HASH_KEY }
    : undefined;
}

function isSecret(value: unknown): value is string {
  return typeof value === 'string' && Buffer.byteLength(value) >= SECRET_BYTES;
}
