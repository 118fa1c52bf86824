import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crmOrders } from '../facts/crm-order.ts';
import { erpSales } from '../facts/erp-sale.ts';
import { shopOrders } from '../facts/shop-order.ts';
import type { Evidence, RetailerEvidence } from './evidence.ts';
import { readJsonLines } from './json-lines.ts';
import type {
  Account,
  Delivery,
  Effect,
  Fenced,
  Liveness,
  Message,
  NemesisEvent,
  Parked,
  Schedule,
} from './records.ts';

/** Reads a run directory. What is not there is named in `missing`. @throws Error for a run without a schedule or without journals */
export async function readEvidence(directory: string): Promise<Evidence> {
  const missing: string[] = [];
  const at = (...parts: string[]): string => join(directory, ...parts);
  const noted = <T>(value: T | null, name: string): T | null => {
    if (value === null) missing.push(name);
    return value;
  };
  const schedule = json<Schedule>(at('schedule.json'));
  if (schedule === null) throw new Error(`${directory} has no schedule.json: it holds no run`);
  const names = existsSync(at('journals')) ? readdirSync(at('journals')) : [];
  const retailerNames = names.flatMap((name) => /^(.+)\.shop\.(?:nd)?jsonl?$/.exec(name)?.[1] ?? []).sort();
  if (retailerNames.length === 0) throw new Error(`${directory} has no journals: it holds no run`);

  const deliveries = await readJsonLines<Delivery>(at('history', 'deliveries.jsonl'));
  if (deliveries.length === 0) missing.push('history/deliveries.jsonl');
  const nemesis = await readJsonLines<NemesisEvent>(at('history', 'nemesis.jsonl'));
  if (nemesis.length === 0 && schedule.faults.length > 0) missing.push('history/nemesis.jsonl');

  const retailers: RetailerEvidence[] = [];
  for (const retailer of retailerNames) {
    const journal = async (system: string): Promise<Effect[]> => {
      const name = names.find((each) => new RegExp(`^${retailer}\\.${system}\\.(?:nd)?jsonl?$`).test(each));
      noted(name ?? null, `journals/${retailer}.${system}.ndjson`);
      return name === undefined ? [] : readJsonLines<Effect>(at('journals', name));
    };
    const listed = async <T>(what: string): Promise<readonly T[] | null> => {
      const file = at('product', `${what}-${retailer}.json`);
      return noted(
        existsSync(file) ? await readJsonLines<T>(file) : null,
        `product/${what}-${retailer}.json`,
      );
    };
    const [shop, erp, crm] = [await journal('shop'), await journal('erp'), await journal('crm')];
    const own = deliveries.filter((delivery) => delivery.retailer === retailer);
    retailers.push({
      retailer,
      shopConnection: shopConnectionOf(shop, own) ?? 'unknown',
      shop,
      erp,
      crm,
      orders: shopOrders(shop),
      sales: erpSales(erp),
      records: crmOrders(crm),
      deliveries: own,
      messages: await listed<Message>('messages'),
      parked: await listed<Parked>('parked'),
      account: noted(
        json<Account>(at('product', `account-${retailer}.json`)),
        `product/account-${retailer}.json`,
      ),
    });
  }
  return {
    schedule,
    nemesis,
    liveness: noted(json<Liveness>(at('history', 'liveness.json')), 'history/liveness.json'),
    retailers,
    ambiguous: await ambiguousIn(directory, names),
    fenced: await fencedIn(at('product')),
    missing,
  };
}

const json = <T>(file: string): T | null =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : null;

/** The shop was given an address to tell of its orders; its last part is the retailer's name for the shop. */
function shopConnectionOf(shop: readonly Effect[], deliveries: readonly Delivery[]): string | undefined {
  for (const { type, data } of shop)
    if (type === 'subscription.created' && typeof data['uri'] === 'string')
      return new URL(data['uri']).pathname.split('/').at(-1);
  return deliveries[0]?.connection;
}

/** Faults of the emulated systems that let the effect happen and keep the answer back. */
const ambiguousFaults = ['reset-after', 'hang-after', 'effect-late'] as const;

/** An effect whose answer was lost, however it was. Counters go up, so the last count is the whole. */
async function ambiguousIn(directory: string, journals: readonly string[]): Promise<number> {
  const file = journals.find((name) => /^traffic\.(?:nd)?jsonl?$/.test(name));
  const effects = file === undefined ? [] : await readJsonLines<Effect>(join(directory, 'journals', file));
  const counts = effects.findLast(({ type }) => type === 'faults.counted')?.data ?? {};
  const proxy = json<{ ambiguous?: number }>(join(directory, 'history', 'proxy.json'));
  const lost = ambiguousFaults.reduce((sum, kind) => sum + Number(counts[kind] ?? 0), 0);
  return lost + Number(proxy?.ambiguous ?? 0);
}

/** Lines of the workers' logs that say: what I held is not mine any more. */
async function fencedIn(folder: string): Promise<readonly Fenced[]> {
  if (!existsSync(folder)) return [];
  const fenced: Fenced[] = [];
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.log')))
    for (const line of readFileSync(join(folder, name), 'utf8').split('\n')) {
      if (!line.includes('lanes abandoned')) continue;
      const said = parsed(line);
      if (said !== null)
        fenced.push({
          process: name.replace(/\.log$/, ''),
          at: said.time ?? '',
          lanes: said.lanes ?? 0,
        });
    }
  return fenced;
}

type Said = { readonly time?: string; readonly lanes?: number };
function parsed(line: string): Said | null {
  try {
    return JSON.parse(line) as Said;
  } catch {
    return null;
  }
}
