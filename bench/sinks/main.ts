import { EffectLog } from './effect-log.ts';
import { PlainSink } from './plain-sink.ts';
import { RawHttpServer } from './raw-http-server.ts';
import { SalesforceSink } from './salesforce-sink.ts';
import type { SinkAnswers, SinkQuestion, SinkSettings, SinkUrls } from './sink-messages.ts';
import { TrytonSink } from './tryton-sink.ts';

/** The process of the sinks: ERP, CRM and a shop in which nothing ever changes. Tells its addresses first, then answers questions. */
const settings = JSON.parse(process.argv[2] ?? '') as SinkSettings;
const log = new EffectLog(settings.finality);
const { dialect, erpMs, crmMs, otherMs } = settings;
const erpSink = (): TrytonSink | PlainSink =>
  dialect === 'platforms'
    ? new TrytonSink(log, { effectMs: erpMs, otherMs })
    : new PlainSink('erp', log, erpMs);
const sinks = {
  erp: erpSink(),
  otherErp: erpSink(),
  crm:
    dialect === 'platforms'
      ? new SalesforceSink(log, { effectMs: crmMs, otherMs })
      : new PlainSink('crm', log, crmMs),
};
const servers = {
  erp: new RawHttpServer((request) => sinks.erp.answer(request)),
  otherErp: new RawHttpServer((request) => sinks.otherErp.answer(request)),
  crm: new RawHttpServer((request) => sinks.crm.answer(request)),
  shop: new RawHttpServer(() => ({
    body: '{"data":{"orders":{"nodes":[],"pageInfo":{"hasNextPage":false,"endCursor":null}}}}',
    headers: 'x-shopify-api-version: 2026-10\r\n',
    afterMs: otherMs,
  })),
};
for (const server of Object.values(servers)) await server.up();

async function answer(question: SinkQuestion): Promise<SinkAnswers[SinkQuestion['ask']]> {
  switch (question.ask) {
    case 'counts':
      return {
        completed: log.completed,
        byKind: { ...log.byKind },
        requests: {
          erp: servers.erp.requests,
          otherErp: servers.otherErp.requests,
          crm: servers.crm.requests,
        },
      };
    case 'effects':
      return log.all();
    case 'down':
      await servers[question.system].down();
      return null;
    case 'up':
      await servers[question.system].up();
      return null;
  }
}

process.on('message', ({ id, question }: { id: number; question: SinkQuestion }) => {
  void answer(question).then((value) => process.send?.({ id, value }));
});
process.on('disconnect', () => process.exit(0));
const { erp, otherErp, crm, shop } = servers;
const urls: SinkUrls = { erp: erp.url, otherErp: otherErp.url, crm: crm.url, shop: shop.url };
process.send?.({ id: 0, value: urls });
