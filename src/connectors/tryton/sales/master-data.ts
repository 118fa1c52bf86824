import { z } from 'zod';
import type { Json } from '#canonical/json.ts';
import type { Rpc, TrytonClient } from '../client.ts';
import type { Looked } from '../outbound/request.ts';
import { notInTryton } from './failures.ts';

/** Where each kind of master data is found, and by what people name it there. */
const sources = {
  product: { model: 'product.product', names: ['code'], ofCompany: false },
  unit: { model: 'product.uom', names: ['symbol', 'name'], ofCompany: false },
  tax: { model: 'account.tax', names: ['name', 'description'], ofCompany: true },
  currency: { model: 'currency.currency', names: ['code'], ofCompany: false },
  country: { model: 'country.country', names: ['code'], ofCompany: false },
  subdivision: { model: 'country.subdivision', names: ['code'], ofCompany: false },
  warehouse: { model: 'stock.location', names: ['code', 'name'], ofCompany: false },
  paymentTerm: { model: 'account.invoice.payment_term', names: ['name'], ofCompany: false },
} as const;
export type MasterData = keyof typeof sources;

/** Ids by code. What is missing is not in the map. */
export async function findIds(
  rpc: Rpc,
  client: TrytonClient,
  kind: MasterData,
  codes: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const direct = codes.flatMap((code) =>
    /^id:\d+$/.test(code) ? [[code, Number(code.slice(3))] as const] : [],
  );
  const named = codes.filter((code) => !/^id:\d+$/.test(code));
  const found = await client.lookups.get<number>(kind, named, (missing) => ask(rpc, kind, missing));
  return new Map([...direct, ...found]);
}

/** As `findIds`, for what the command needs. @throws TrytonFailure `unmappable`, naming each code that Tryton does not have. */
export async function requireIds(
  rpc: Rpc,
  client: TrytonClient,
  kind: MasterData,
  wanted: readonly Looked[],
): Promise<(looked: Looked) => number> {
  const ids = await findIds(
    rpc,
    client,
    kind,
    wanted.map(({ code }) => code),
  );
  const missing = wanted.filter(({ code }) => !ids.has(code));
  if (missing.length > 0) throw notInTryton(missing);
  return (looked) => {
    const id = ids.get(looked.code);
    if (id === undefined) throw notInTryton([looked]);
    return id;
  };
}

async function ask(
  rpc: Rpc,
  kind: MasterData,
  codes: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const { model, names, ofCompany } = sources[kind];
  const byName: Json[] = names.map((name) => [name, 'in', codes]);
  const domain: Json[] = [['OR', ...byName]];
  if (ofCompany) domain.push(['company', '=', await rpc.company()]);
  if (kind === 'warehouse') domain.push(['type', '=', 'warehouse']);
  const rows = z
    .array(z.looseObject({ id: z.int() }))
    .parse(await rpc.read(`model.${model}.search_read`, domain, 0, null, [['id', 'ASC']], names));
  const ids = new Map<string, number>();
  // The first name outranks the second, and an older record a newer one.
  for (const name of names) {
    for (const row of rows) {
      const code = row[name];
      if (typeof code === 'string' && codes.includes(code) && !ids.has(code)) ids.set(code, row.id);
    }
  }
  return ids;
}
