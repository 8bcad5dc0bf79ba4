import { Writable } from 'node:stream';
import { createPino, PinoNestLogger } from '../../src/common/logging/pino-logger.js';

describe('PinoNestLogger', () => {
  const lines: Record<string, unknown>[] = [];
  const output = new Writable({
    write: (line: Buffer, _encoding, done) => {
      lines.push(JSON.parse(line.toString()) as Record<string, unknown>);
      done();
    },
  });

  const logger = async (): Promise<PinoNestLogger> => {
    lines.length = 0;
    return new PinoNestLogger(await createPino({ level: 'trace', format: 'json' }, output));
  };

  it('should keep the level, the name of the logger and the facts', async () => {
    const nest = await logger();
    nest.fatal('a', 'Name');
    nest.error({ msg: 'b', count: 1 }, 'Name');
    nest.warn('c');
    nest.log('d', 'Name');
    nest.debug('e', 'Name');
    nest.verbose('f', 'Name');
    expect(lines.map(({ level, msg, context }) => [level, msg, context])).toEqual([
      ['fatal', 'a', 'Name'],
      ['error', 'b', 'Name'],
      ['warn', 'c', undefined],
      ['info', 'd', 'Name'],
      ['debug', 'e', 'Name'],
      ['trace', 'f', 'Name'],
    ]);
    expect(lines[1]).toMatchObject({ count: 1 });
  });

  it('should log an error with its stack, and the wiring of modules below info', async () => {
    const nest = await logger();
    nest.error(new Error('broken'), 'Name');
    nest.log('Mapped a route', 'RouterExplorer');
    expect(lines[0]).toMatchObject({ level: 'error', msg: 'broken', err: { message: 'broken' } });
    expect((lines[0]?.['err'] as { stack: string }).stack).toContain('pino-logger.spec');
    expect(lines[1]).toMatchObject({ level: 'debug' });
  });
});
