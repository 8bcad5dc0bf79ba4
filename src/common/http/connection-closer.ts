import type { FastifyInstance } from 'fastify';

/**
 * Closes the connections that outlive their purpose when the server stops. Node closes those it knows to be
 * idle, but not one that was opened and never used, nor one whose client keeps it alive; the stop would wait
 * for them. Here the last connection goes when the last request in flight has been answered.
 */
export function registerConnectionCloser(server: FastifyInstance): void {
  let inFlight = 0;
  let isClosing = false;
  const closeWhenDone = (): void => {
    if (isClosing && inFlight === 0) {
      // Not at once: the answer just given is still on its way into the socket.
      setImmediate(() => {
        server.server.closeAllConnections();
      });
    }
  };
  server.addHook('onRequest', (_request, reply, done) => {
    inFlight += 1;
    // 'close' comes for every response, also for one whose client has gone before it was given.
    reply.raw.once('close', () => {
      inFlight -= 1;
      closeWhenDone();
    });
    done();
  });
  server.addHook('preClose', (done) => {
    isClosing = true;
    setImmediate(closeWhenDone);
    done();
  });
}
