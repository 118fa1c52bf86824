import fastify from 'fastify';
import { peerSettings } from './peer-settings.ts';
import { readPeerWebhook } from './peer-webhook.ts';
import { Platform } from './platform-calls.ts';

/**
 * A script without a queue: verifies, calls ERP and CRM, answers. It knows the deliveries of this process's life, so that a repeat
 * does nothing. Nothing is durable; what fails is left to the platform's next delivery.
 */
const { port, secret, erpUrls, crmUrl } = peerSettings();
const erps = new Map([...new Set(erpUrls)].map((url) => [url, new Platform(url, '/erp')]));
const crm = new Platform(crmUrl, '/crm');
const seen = new Set<string>();
const app = fastify();
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
app.get('/health/ready', () => ({ status: 'ready' }));
app.post<{ Params: { retailer: string } }>('/webhooks/:retailer', async (request, reply) => {
  const webhook = readPeerWebhook(request.headers, request.body as Buffer, secret);
  if (webhook === null) return reply.code(401).send();
  const { deliveryId, order, version, content } = webhook;
  if (seen.has(deliveryId)) return { ok: true };
  seen.add(deliveryId);
  try {
    if (version === 1)
      await erps.get(erpUrls[Number(request.params.retailer)] ?? '')?.write({ order, version, content });
    await crm.write({ order, version, content });
  } catch (error) {
    seen.delete(deliveryId);
    throw error;
  }
  return { ok: true };
});
await app.listen({ port, host: '127.0.0.1' });
