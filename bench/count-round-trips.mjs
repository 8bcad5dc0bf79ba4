/**
 * Preloaded into the service (`--import`) to count, in the driver itself, how often it waits for the database.
 * A round trip begins when something is sent on a connection on which nothing else is under way: statements
 * that leave together are waited for once. Calls to the model are noted between them, in order.
 *
 * Answers the message `take` with what happened since the last one.
 */
import { subscribe } from 'node:diagnostics_channel';
import pg from 'pg';

/** The pool that serves requests; the job queue has connections of its own, whose traffic is no request's. */
const POOL_NAME = 'parley';

const underWay = new WeakMap();
const poolConnections = new WeakSet();
let steps = [];

const clientConnect = pg.Client.prototype._connect;
pg.Client.prototype._connect = function connect(callback) {
  if (this.connectionParameters.application_name === POOL_NAME) {
    poolConnections.add(this.connection);
  }
  return clientConnect.call(this, callback);
};

function noteSent(connection) {
  if (!underWay.has(connection)) {
    underWay.set(connection, 0);
    // Before the client's own listener, which may send the next statement.
    connection.prependListener('readyForQuery', () => {
      underWay.set(connection, Math.max(0, underWay.get(connection) - 1));
    });
  }
  const before = underWay.get(connection);
  underWay.set(connection, before + 1);
  if (before === 0 && poolConnections.has(connection)) {
    steps.push('database');
  }
}

// The two messages that PostgreSQL answers with ReadyForQuery: a simple query, and Sync after an extended one.
for (const method of ['query', 'sync']) {
  const original = pg.Connection.prototype[method];
  pg.Connection.prototype[method] = function sendAndNote(...values) {
    noteSent(this);
    return original.apply(this, values);
  };
}

subscribe('undici:request:create', () => steps.push('model'));

process.on('message', (message) => {
  if (message === 'take') {
    process.send({ steps });
    steps = [];
  }
});
process.channel.unref();
