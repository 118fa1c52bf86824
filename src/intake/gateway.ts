import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Connector, Delivery } from '#connector-sdk/connector.ts';
import type { Logger } from '#connector-sdk/services.ts';
import type { IncomingMessage, Receipt } from '#journal/intake-store.ts';
import type { IntakeBatcher } from './intake-batcher.ts';
import { DatabaseAwayError, MessageRefusedError, OverloadedError } from './intake-errors.ts';
import type { IntakeMetrics } from './intake-metrics.ts';
import { classOf } from '#journal/priority-class.ts';
import { sendProblem } from './problem-details.ts';
import { RareLog } from './rare-log.ts';
import { RequestRoom } from './request-room.ts';
import { storableKey, subjectOf } from '#connector-sdk/subject-of.ts';

/** One connection as the gateway needs it. */
export type WebhookTarget = {
  readonly tenant: string;
  readonly id: string;
  readonly connector: Pick<Connector, 'webhook' | 'inbound'>;
  readonly config: unknown;
};

export type GatewayOptions = {
  connection(tenant: string, id: string): WebhookTarget | null;
  readonly batcher: Pick<IntakeBatcher, 'add'>;
  readonly metrics: IntakeMetrics;
  readonly log: Logger;
  /** Larger bodies are answered 413. */
  readonly bodyLimitBytes?: number;
  /** Requests in this process at once; beyond it 503, before the body is read. */
  readonly maxRequests?: number;
  readonly maxRequestBytes?: number;
  /** A commit that takes longer is answered 503; the platform comes again and finds a duplicate at worst. */
  readonly ackWithinMs?: number;
  readonly now?: () => number;
};

const mebibyte = 1024 * 1024;
const retryAfterS = 5;
const latestInstantMs = Date.UTC(9999, 11, 31);

type Path = { Params: { tenant: string; connection: string } };

/**
 * `POST /webhooks/:tenant/:connection`: verifies, stores, answers. 200 only after the commit, 401 for what the platform did not
 * send, 503 for everything that another attempt can mend. Nothing else is on this path.
 */
export function webhookGateway(app: FastifyInstance, options: GatewayOptions): void {
  const { metrics, log, bodyLimitBytes = 5 * mebibyte, ackWithinMs = 15_000, now = Date.now } = options;
  const rareLog = new RareLog(log);
  const room = new RequestRoom({
    requests: options.maxRequests ?? 2_000,
    bytes: options.maxRequestBytes ?? 256 * mebibyte,
  });

  // Signatures are over bytes: no parser may touch them, whatever type they claim to have.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: bodyLimitBytes }, (_request, body, done) =>
    done(null, body),
  );
  app.setErrorHandler((error, _request, reply) => answerError(error, reply, options));

  app.addHook('onRequest', (request, reply, done) => {
    const announced = Number(request.headers['content-length'] ?? bodyLimitBytes);
    const leave = room.enter(Math.min(announced, bodyLimitBytes));
    if (leave === null) return done(new OverloadedError('too many requests at once'));
    reply.raw.once('close', leave);
    done();
  });

  app.post<Path>('/webhooks/:tenant/:connection', async (request, reply) => {
    const startedMs = performance.now();
    const { tenant, connection: id } = request.params;
    const target = options.connection(tenant, id);
    const receiver = target?.connector.webhook;
    if (target === null || receiver === undefined) {
      metrics.refused('no-such-receiver');
      return sendProblem(reply, 404, 'no-such-receiver');
    }
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const verdict = receiver.verify({ headers: plainHeaders(request), body, nowMs: now() }, target.config);
    if (!verdict.ok) {
      metrics.refused(verdict.reason);
      rareLog.warn(
        `${tenant}/${id}/${verdict.reason}`,
        { tenant, connection: id, reason: verdict.reason },
        'webhook refused',
      );
      return sendProblem(reply, 401, verdict.reason);
    }
    const message = messageFrom(target, verdict, body, (problem) =>
      rareLog.warn(
        `${tenant}/${id}/unknown-record`,
        { tenant, connection: id, topic: verdict.topic.slice(0, 100), problem },
        'stored without its record being known',
      ),
    );
    const receipt = await within(ackWithinMs, options.batcher.add(message));
    metrics.stored(receipt.outcome, performance.now() - startedMs);
    return reply.send({ receipt: shown(receipt) });
  });
}

function messageFrom(
  target: WebhookTarget,
  { topic, sourceEventId, occurredAt }: Delivery,
  body: Buffer,
  onProblem: (problem: string) => void,
): IncomingMessage {
  const { tenant, id: connection, connector } = target;
  const { subject, problem } = subjectOf({ connector, connection, topic, sourceEventId, body });
  if (problem !== null) onProblem(problem);
  const occurredAtMs = occurredAt === null ? Number.NaN : Date.parse(occurredAt);
  return {
    tenant,
    connection,
    topic: storableKey(topic),
    sourceEventId: storableKey(sourceEventId),
    occurredAtMs: occurredAtMs >= 0 && occurredAtMs <= latestInstantMs ? occurredAtMs : null,
    via: 'webhook',
    subject,
    body,
    class: classOf(subject.entity),
  };
}

/** A duplicate has no message of its own. */
const shown = (receipt: Receipt): { outcome: string; messageId: number | null } => ({
  outcome: receipt.outcome,
  messageId: receipt.outcome === 'duplicate' ? null : receipt.messageId,
});

function plainHeaders(request: FastifyRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

/** @throws DatabaseAwayError when the time is over; what is under way goes on. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new DatabaseAwayError(`no commit within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

function answerError(
  error: unknown,
  reply: FastifyReply,
  { metrics, log }: Pick<GatewayOptions, 'metrics' | 'log'>,
): FastifyReply {
  const status = (error as { statusCode?: unknown }).statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    const code = status === 413 ? 'too-large' : 'bad-request';
    metrics.refused(code);
    return sendProblem(reply, status, code);
  }
  if (error instanceof OverloadedError) {
    metrics.failed('overloaded');
    return sendProblem(reply.header('retry-after', retryAfterS), 503, 'overloaded');
  }
  if (error instanceof DatabaseAwayError) {
    metrics.failed('database-away');
    log.warn({ error: error.message, cause: String(error.cause) }, 'a webhook could not be stored');
    return sendProblem(reply.header('retry-after', retryAfterS), 503, 'database-away');
  }
  // The platform will come again, and each time somebody can see it here: a defect, or a message that cannot be stored.
  const code = error instanceof MessageRefusedError ? 'message-refused' : 'failed';
  metrics.failed(code);
  const { message, stack, cause } = error instanceof Error ? error : new Error(String(error));
  log.error({ error: message, cause: String(cause), stack }, 'a webhook could not be stored');
  return sendProblem(reply, 500, code);
}
