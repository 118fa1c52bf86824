import { Queue } from 'bullmq';
import fastify from 'fastify';
import { jobOptions, type OrderJob, queueNames } from './bullmq-jobs.ts';
import { peerSettings } from './peer-settings.ts';
import { readPeerWebhook } from './peer-webhook.ts';

/** Fastify in front of BullMQ: verifies, adds a job under the delivery's id, answers once Redis has it on disk. */
const { port, secret, redisPort } = peerSettings();
const connection = { host: '127.0.0.1', port: redisPort };
const queues = {
  erp: new Queue<OrderJob>(queueNames.erp, { connection }),
  crm: new Queue<OrderJob>(queueNames.crm, { connection }),
};
const app = fastify();
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
app.get('/health/ready', () => ({ status: 'ready' }));
app.post<{ Params: { retailer: string } }>('/webhooks/:retailer', async (request, reply) => {
  const webhook = readPeerWebhook(request.headers, request.body as Buffer, secret);
  if (webhook === null) return reply.code(401).send();
  const { deliveryId, order, version, content } = webhook;
  // Only a new order goes through the ERP; what changes afterwards is the CRM's alone.
  const queue = version === 1 ? queues.erp : queues.crm;
  await queue.add(
    'order',
    { order, version, content, retailer: Number(request.params.retailer) },
    { ...jobOptions, jobId: deliveryId },
  );
  return { ok: true };
});
await app.listen({ port, host: '127.0.0.1' });
