import { spawnSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { eventually, processesNaming } from '../embedded-postgres/launcher-process.js';
import { removeScratchFolders, scratchFolder } from '../embedded-postgres/scratch-folders.js';
import { ServiceProcess } from '../support/service-process.js';

const canListProcesses = spawnSync('ps', ['-A']).status === 0;
if (!canListProcesses) {
  console.warn('Skipped: whether a PostgreSQL is left running, since this machine has no "ps -A".');
}
const itWithProcesses = canListProcesses ? it : it.skip;

describe('The service on its embedded database', () => {
  let settings: { DATA_DIR: string };

  beforeEach(async () => {
    settings = { DATA_DIR: join(await scratchFolder(), 'data') };
  });

  afterAll(removeScratchFolders);

  const left = async (): Promise<string[]> =>
    (await processesNaming(settings.DATA_DIR)).map(({ command }) => command);

  itWithProcesses(
    'should have the conversation after a kill and a restart, and leave nothing running',
    async () => {
      const killed = await ServiceProcess.start(settings);
      const { token } = await killed.api.signIn();
      const before = await killed.api.send(token, 'Will you remember this?', 'key');
      expect(before.status).toBe(200);
      expect(await killed.kill()).toEqual({ code: null, signal: 'SIGKILL' });

      const restarted = await ServiceProcess.start(settings);
      expect(await restarted.api.wholeHistory(token)).toMatchObject([
        { id: before.body.message_id, message: 'Will you remember this?', response: before.body.response },
      ]);
      const replay = await restarted.api.send(token, 'Will you remember this?', 'key');
      expect([replay.headers.get('idempotent-replayed'), replay.body]).toEqual(['true', before.body]);

      expect(await left()).not.toEqual([]);
      expect(await restarted.stop()).toEqual({ code: 0, signal: null });
      expect(await left()).toEqual([]);
    },
    60_000,
  );

  itWithProcesses(
    'should stop its database again when its port is taken',
    async () => {
      const holder = createServer();
      await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
      const { port } = holder.address() as AddressInfo;
      const service = ServiceProcess.spawn({ ...settings, PORT: String(port) });
      expect(await service.exited).toEqual({ code: 1, signal: null });
      expect(service.stderr).toContain(`port ${port} on 127.0.0.1 is taken by another program`);
      await eventually(async () => (await left()).length === 0);
      await new Promise((resolve) => holder.close(resolve));
    },
    60_000,
  );
});
