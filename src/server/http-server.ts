import { fastify, type FastifyInstance } from 'fastify';
import type { Logger } from '#connector-sdk/services.ts';
import { endConnectionsWhenStopping } from '#intake/end-connections.ts';
import { sendProblem } from '#intake/problem-details.ts';

/** A request that takes longer to arrive is cut, so that slow senders cannot hold the process. */
const requestTimeoutMs = 30_000;

/** An HTTP server without routes. Errors are problems (RFC 9457), and what went wrong inside stays in the log. */
export function httpServer(log: Logger): FastifyInstance {
  const app = fastify({
    logger: false,
    requestTimeout: requestTimeoutMs,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (_error, _request, reply) => void sendProblem(reply, 400, 'bad-request'),
  });
  endConnectionsWhenStopping(app);
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 404, 'not-found'));
  app.setErrorHandler((error, _request, reply) => {
    const status = (error as { statusCode?: unknown }).statusCode;
    if (typeof status === 'number' && status >= 400 && status < 500)
      return sendProblem(reply, status, 'bad-request');
    log.error({ error: error instanceof Error ? error.stack : String(error) }, 'a request failed');
    return sendProblem(reply, 500, 'failed');
  });
  return app;
}
