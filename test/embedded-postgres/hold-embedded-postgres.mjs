// A process of its own that holds an embedded PostgreSQL, so that tests can kill it.
// Arguments: the compiled launcher, the data folder, the durability, and `write` to insert rows without end.
import pg from 'pg';

const [launcher, dataDirectory, durability, task] = process.argv.slice(2);
const { startEmbeddedPostgres } = await import(launcher);
const tell = (message) => new Promise((resolve) => process.send(message, resolve));

try {
  const inform = (information) => void tell({ information });
  const embedded = await startEmbeddedPostgres({ dataDirectory, durability, inform });
  const client = new pg.Client(embedded.connection);
  client.on('error', () => undefined);
  await client.connect();
  const stop = async () => {
    const result = await client.query('SELECT 1 AS one');
    await client.end();
    await embedded.stop();
    await tell({ stopped: true, answerBeforeStop: result.rows[0].one });
    process.disconnect();
  };
  process.on('message', stop);
  process.on('SIGINT', stop);
  await tell({ connection: embedded.connection, clusterDirectory: embedded.clusterDirectory });
  if (task === 'write') {
    await client.query('CREATE TABLE IF NOT EXISTS numbers (n integer)');
    for (let n = 1; ; n += 1) {
      await client.query('INSERT INTO numbers VALUES ($1)', [n]);
      await tell({ acknowledged: n });
    }
  }
} catch (error) {
  await tell({ error: error.name, message: error.message });
  process.disconnect();
}
