import type { FastifyInstance } from 'fastify';

/** One thing that must hold before work is sent here. Rejects, or takes longer than two seconds, when it does not. */
export type ReadinessCheck = { readonly name: string; readonly check: () => Promise<void> };

const checkWithinMs = 2_000;

/** `GET /health/live`: the process answers. `GET /health/ready`: it can do its work; 503 names what fails, and no more. */
export function healthRoutes(app: FastifyInstance, checks: readonly ReadinessCheck[]): void {
  app.get('/health/live', () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    const results = await Promise.all(
      checks.map(async ({ name, check }) => [name, await holds(check)] as const),
    );
    const isReady = results.every(([, result]) => result === 'ok');
    return reply
      .code(isReady ? 200 : 503)
      .send({ status: isReady ? 'ready' : 'not-ready', checks: Object.fromEntries(results) });
  });
}

async function holds(check: () => Promise<void>): Promise<'ok' | 'failed'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'failed'>((resolve) => {
    timer = setTimeout(() => resolve('failed'), checkWithinMs);
  });
  const result = check().then(
    () => 'ok' as const,
    () => 'failed' as const,
  );
  return Promise.race([result, late]).finally(() => clearTimeout(timer));
}
