import { createServer } from 'node:http';
import { type Job, Queue, Worker } from 'bullmq';
import { backoffMs, jobOptions, type OrderJob, queueNames } from './bullmq-jobs.ts';
import { peerSettings } from './peer-settings.ts';
import { Platform } from './platform-calls.ts';

/** Two workers in one process: the ERP's job, once done, adds the CRM's job under the same id. */
const { port, redisPort, erpUrls, crmUrl } = peerSettings();
const connection = { host: '127.0.0.1', port: redisPort };
const erps = new Map([...new Set(erpUrls)].map((url) => [url, new Platform(url, '/erp')]));
const crm = new Platform(crmUrl, '/crm');
const crmQueue = new Queue<OrderJob>(queueNames.crm, { connection });
/** Calls at the same time; the sinks take any number. */
const concurrency = 200;
const settings = { backoffStrategy: backoffMs };

const workers = [
  new Worker<OrderJob>(
    queueNames.erp,
    async (job: Job<OrderJob>) => {
      const { retailer, order, version, content } = job.data;
      await erps.get(erpUrls[retailer] ?? '')?.write({ order, version, content });
      await crmQueue.add('order', job.data, { ...jobOptions, jobId: job.id ?? '' });
    },
    { connection, concurrency, settings },
  ),
  new Worker<OrderJob>(
    queueNames.crm,
    async ({ data: { order, version, content } }: Job<OrderJob>) => crm.write({ order, version, content }),
    { connection, concurrency, settings },
  ),
];
await Promise.all(workers.map((worker) => worker.waitUntilReady()));
createServer((_request, response) => response.end('{}')).listen(port, '127.0.0.1');
process.on('SIGTERM', () => {
  void Promise.all(workers.map((worker) => worker.close())).then(() => process.exit(0));
});
