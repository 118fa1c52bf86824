import type { FastifyInstance } from 'fastify';

/**
 * Once the server stops, each answer ends its connection. Otherwise a connection that was busy at that moment would be kept alive, and
 * with it the process, until the sender lets go of it.
 */
export function endConnectionsWhenStopping(app: FastifyInstance): void {
  let isStopping = false;
  app.addHook('preClose', (done) => {
    isStopping = true;
    done();
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (isStopping) reply.header('connection', 'close');
    done(null, payload);
  });
}
