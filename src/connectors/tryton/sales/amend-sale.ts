import { z } from 'zod';
import type { Json, JsonObject } from '#canonical/json.ts';
import type { Call, CommandHandler } from '#connector-sdk/connector.ts';
import type { Found, Outcome } from '#connector-sdk/outcome.ts';
import { type Rpc, type TrytonClient, TrytonFailure } from '../client.ts';
import { encodeDate, microInstant } from '../codec.ts';
import { renderOrderAmend } from '../outbound/order-amend.ts';
import type { OrderAmendRequest } from '../outbound/request.ts';
import { type AmendableSale, amendableSale } from './amendable-sale.ts';
import { amendmentLines } from './amendment-lines.ts';
import { rejected } from './failures.ts';
import { knownSaleParty, saleParty } from './party-record.ts';
import { press } from './press.ts';
import { isCancelled, saleRef, saleResult } from './sale-view.ts';

const model = 'sale.amendment';
/** Goods and what stands above them, then the rounding. */
const mostPasses = 2;

/**
 * `erp.order.amend` by the module sale_amendment: it changes quantities, prices, addresses and terms of a sale in process, and plans anew
 * what is neither in somebody's hands nor posted. The sale is compared with the order, so that doing it twice does nothing.
 */
export const amendSale: CommandHandler<'erp.order.amend', OrderAmendRequest, TrytonClient> = {
  name: 'erp.order.amend',
  safety: { kind: 'lookup-first' },
  timeoutMs: 60_000,
  settleMs: 10_000,
  searchLagMs: 0,
  render: renderOrderAmend,
  conflictKeys: ({ sale, party }) => [`sale.sale/${sale}`, `party.party/${party.code}`],

  async send(request, call, client): Promise<Outcome> {
    return client.attempt<Outcome>(call, async (rpc) => {
      const sale = await theSale(rpc, request);
      const party = await saleParty(rpc, client, request);
      // Addresses may stay without a sale.
      rpc.settled();
      let now = sale;
      // What the taxes were rounded by shows only once the goods are changed.
      for (let pass = 0; pass < mostPasses; pass += 1) {
        const lines = await amendmentLines(rpc, client, now, request, party);
        if (lines.length === 0) return doneWith(client, now);
        await amend(rpc, client, { call, sale: request.sale, lines });
        now = await theSale(rpc, request);
      }
      if ((await amendmentLines(rpc, client, now, request, party)).length === 0) return doneWith(client, now);
      throw new TrytonFailure({
        kind: 'conflict',
        stale: false,
        detail: `sale ${request.sale} is not as it was amended`,
      });
    });
  },

  async find(request, call, client): Promise<Found> {
    const found = await client.attempt<Found>(call, async (rpc) => {
      const sale = await theSale(rpc, request);
      const party = await knownSaleParty(rpc, client, request);
      const lines = party === null ? null : await amendmentLines(rpc, client, sale, request, party);
      return lines === null || lines.length > 0
        ? { kind: 'absent' }
        : { kind: 'found', outcome: doneWith(client, sale) };
    });
    if (found.kind === 'rejected') return { kind: 'found', outcome: found };
    // A code that Tryton does not have is for `send` to say, before it writes anything.
    return found.kind === 'unmappable' ? { kind: 'absent' } : found;
  },
};

const doneWith = (client: TrytonClient, { view }: AmendableSale): Extract<Outcome, { kind: 'done' }> => ({
  kind: 'done',
  result: saleResult(view),
  refs: [saleRef(client.connection, view.id)],
});

async function theSale(rpc: Rpc, { sale: id }: OrderAmendRequest): Promise<AmendableSale> {
  const sale = await amendableSale(rpc, id);
  if (sale === null) throw rejected('not-found', `there is no sale ${id}`);
  const { view } = sale;
  if (isCancelled(view))
    throw rejected('already-cancelled', `sale ${view.number ?? id} was cancelled in Tryton`);
  if (view.state !== 'processing' && view.state !== 'done')
    throw new TrytonFailure({ kind: 'conflict', stale: false, detail: `sale ${id} is still ${view.state}` });
  return sale;
}

/** One amendment a command: a cut attempt left it as a draft, under the command's own key. */
async function amend(
  rpc: Rpc,
  client: TrytonClient,
  {
    call,
    sale,
    lines,
  }: { readonly call: Call; readonly sale: number; readonly lines: readonly JsonObject[] },
): Promise<void> {
  const description = `tallyport:${call.idempotencyKey}`;
  const domain = [
    ['sale', '=', sale],
    ['state', '=', 'draft'],
    ['description', '=', description],
  ];
  const drafts = z.array(z.int()).parse(await readDrafts(rpc, domain));
  // The sale may have moved on since: what the draft would change is reckoned anew.
  if (drafts.length > 0) await rpc.write(`model.${model}.delete`, drafts);
  const date = encodeDate(microInstant(client.now()).slice(0, 10));
  const [id] = z
    .tuple([z.int()])
    .parse(
      await rpc.write(`model.${model}.create`, [{ sale, date, description, lines: [['create', lines]] }]),
    );
  try {
    // A draft changes nothing by itself.
    rpc.settled();
    await press(rpc, client, model, 'validate_amendment', [id]);
  } catch (error) {
    if (error instanceof TrytonFailure && error.outcome.kind === 'rejected') {
      await rpc.write(`model.${model}.delete`, [id]);
      rpc.settled();
    }
    throw error;
  }
}

async function readDrafts(rpc: Rpc, domain: Json): Promise<Json> {
  try {
    return await rpc.read(`model.${model}.search`, domain, 0, null, null);
  } catch (error) {
    if (
      error instanceof TrytonFailure &&
      error.outcome.kind === 'rejected' &&
      error.outcome.code === 'unknown-name'
    )
      throw rejected('cannot-amend', 'the module sale_amendment is not active in Tryton');
    throw error;
  }
}
