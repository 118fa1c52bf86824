import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newCall } from '#connector-sdk/call.ts';
import type { Outcome } from '#connector-sdk/outcome.ts';
import type { Emulator } from '#connector-testkit/emulator.ts';
import { createSale } from './sales/create-sale.ts';
import { tryton } from './connector.ts';
import { trytonEmulator, type TrytonEmulatorOptions, type TrytonPlatform } from './emulator.ts';
import { type Bench, bench } from './testing/target.ts';
import { pence, type VatLine, vatOrder } from './testing/vat-order.ts';

const password = 'secret-of-the-dock';
const open: { close(): Promise<unknown> }[] = [];
afterAll(async () => {
  for (const one of open.reverse()) await one.close();
});

async function withEmulator(
  options: TrytonEmulatorOptions = {},
  settings: Parameters<typeof bench>[0] | object = {},
): Promise<{ emulator: Emulator<TrytonPlatform>; at: Bench }> {
  const emulator = await trytonEmulator({ password, ...options });
  const at = bench({ baseUrl: emulator.url, ...settings });
  open.push(emulator, at);
  return { emulator, at };
}

const done = (
  outcome: Outcome,
): {
  readonly id: string;
  readonly result: { readonly number: string; readonly state: string; readonly total: string };
} => {
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  return { id: outcome.refs?.[0]?.id ?? '', result: outcome.result as never };
};
const body = (method: string) => (request: { readonly body: string }) =>
  request.body.includes(`"method":"${method}"`);
const lines = (count: number, grossMinor: number): VatLine[] =>
  Array.from({ length: count }, () => ({ sku: 'MUG-RED', grossMinor }));

const {
  TALLYPORT_TRYTON_URL: realUrl,
  TALLYPORT_TRYTON_DATABASE,
  TALLYPORT_TRYTON_USER,
  TALLYPORT_TRYTON_PASSWORD,
} = process.env;
const real = {
  database: TALLYPORT_TRYTON_DATABASE ?? 'tryton',
  user: TALLYPORT_TRYTON_USER ?? 'tallyport',
  password: TALLYPORT_TRYTON_PASSWORD ?? '',
};
const targets: readonly [string, () => Promise<Bench>][] = [
  ['the emulator', async () => (await withEmulator()).at],
  ...(realUrl === undefined
    ? []
    : [
        ['a real Tryton', () => Promise.resolve(bench({ baseUrl: realUrl, ...real }))] satisfies [
          string,
          () => Promise<Bench>,
        ],
      ]),
];

/** What holds for both: the emulator is as true as this suite. */
describe.each(targets)('on %s', (_name, start) => {
  let at: Bench;
  const run = Date.now();
  let last = 0;
  const order = (spec: Omit<Parameters<typeof vatOrder>[0], 'id'> = {}) =>
    vatOrder({ id: `${run}-${(last += 1)}`, ...spec });
  const count = (domain: readonly unknown[]) =>
    at.client.attempt(newCall({ timeoutMs: 30_000 }), (rpc) =>
      rpc.read('model.sale.sale.search_count', domain as never),
    );
  beforeAll(async () => {
    at = await start();
    open.push(at);
  });

  test('an order is carried to where the warehouse sees it', async () => {
    const { result } = done(await at.create(order({ shippingMinor: 499 })));
    expect(result).toMatchObject({ state: 'processing', total: '28.99' });
    expect(result.number).toMatch(/^\d+$/);
  });

  test('the same order twice is one sale', async () => {
    const one = order();
    const first = done(await at.create(one));
    expect(done(await at.create(one))).toEqual(first);
    expect(await count([['reference', '=', one.id]])).toBe(1);
  });

  test('the sale total equals the source total to the cent, by an explicit rounding line', async () => {
    // Seven lines of 10.01 each with its VAT rounded by itself: 11.69 in all, while Tryton rounds 11.68 at the end.
    const one = order({ lines: lines(7, 1001) });
    const { id, result } = done(await at.create(one));
    expect(pence(result.total)).toBe(7007);
    const rows = await at.client.attempt(newCall({ timeoutMs: 30_000 }), (rpc) =>
      rpc.read(
        'model.sale.line.search_read',
        [
          ['sale', '=', Number(id)],
          ['product.code', '=', 'ROUNDING'],
        ],
        0,
        null,
        null,
        ['amount', 'taxes'],
      ),
    );
    expect(rows).toMatchObject([{ taxes: [] }]);
  });

  test('a discount is in the net price, and the total still agrees', async () => {
    const { result } = done(
      await at.create(
        order({ lines: [{ sku: 'MUG-RED', quantity: '3', grossMinor: 1299, discountMinor: 100 }] }),
      ),
    );
    expect(pence(result.total)).toBe(3797);
  });

  test('a total that differs by more than the tolerance is rejected, and nothing stays behind', async () => {
    const one = order();
    const grand = one.totals.grand.presentment;
    const wrong = {
      ...one,
      totals: {
        ...one.totals,
        grand: { ...one.totals.grand, presentment: { ...grand, amountMinor: grand.amountMinor + 600 } },
      },
    };
    expect(await at.create(wrong)).toMatchObject({ kind: 'rejected', code: 'total-differs' });
    expect(await count([['reference', '=', one.id]])).toBe(0);
    expect(await at.create(one)).toMatchObject({ kind: 'done' });
  });

  test('a tax that Tryton would levy otherwise is rejected, since a tax is never changed', async () => {
    const one = order();
    const tax = one.totals.tax.presentment;
    expect(
      await at.create({
        ...one,
        totals: {
          ...one.totals,
          tax: { ...one.totals.tax, presentment: { ...tax, amountMinor: tax.amountMinor - 50 } },
        },
      }),
    ).toMatchObject({ kind: 'rejected', code: 'tax-differs' });
  });

  test('an illegal transition answers null, so the state is read again', async () => {
    const { id } = done(await at.create(order()));
    const answer = await at.client.attempt(newCall({ timeoutMs: 30_000 }), (rpc) =>
      rpc.write('model.sale.sale.cancel', [Number(id)]),
    );
    expect(answer).toBeNull();
    // Pressing the one button that a user has would have changed nothing; the connector takes the long way.
    expect(done(await at.cancel(id)).result.state).toBe('cancelled');
  });

  test('a sale in process is taken back by its shipment and its invoice, once', async () => {
    const { id } = done(await at.create(order({ shippingMinor: 499 })));
    const first = done(await at.cancel(id));
    expect(first.result.state).toBe('cancelled');
    expect(done(await at.cancel(id))).toEqual(first);
  });

  test('an order that was taken back is not made again', async () => {
    const one = order();
    await at.cancel(done(await at.create(one)).id);
    expect(await at.create(one)).toMatchObject({ kind: 'rejected', code: 'already-cancelled' });
  });

  test('a sale that nobody made cannot be taken back', async () => {
    expect(await at.cancel('999999999')).toMatchObject({ kind: 'rejected', code: 'not-found' });
  });

  test('a product that Tryton does not have is unmappable, at the line that names it', async () => {
    const outcome = await at.create(order({ lines: [{ sku: 'NO-SUCH-SKU', grossMinor: 1200 }] }));
    expect(outcome).toMatchObject({
      kind: 'unmappable',
      problems: [{ path: 'order.lines[0].sku', crosswalk: { table: 'item', key: 'NO-SUCH-SKU' } }],
    });
  });

  test('one customer is one party, and an address that is known is used again', async () => {
    const customer = `c${run}`;
    const spec = { customer };
    for (const one of [order(spec), order(spec)]) done(await at.create(one));
    const parties = await at.client.attempt(newCall({ timeoutMs: 30_000 }), (rpc) =>
      rpc.read('model.party.party.search_read', [['code', '=', `shop/Customer/${customer}`]], 0, null, null, [
        'addresses',
      ]),
    );
    expect(parties).toMatchObject([{ addresses: [expect.any(Number)] }]);
  });

  test('the pollers bring sale, shipment and our line ids', async () => {
    const one = order();
    const { id } = done(await at.create(one));
    const read = await tryton.pollers['shipments']?.poll(null, newCall({ timeoutMs: 30_000 }), at.client);
    if (read?.kind !== 'read') throw new Error(JSON.stringify(read));
    const record = read.records.find(
      ({ body: polled }) => (polled as { sale: { id: number } }).sale.id === Number(id),
    );
    const [event] =
      tryton.inbound['stock.shipment.out']?.map({
        connection: 'tryton-uk',
        topic: 'stock.shipment.out',
        occurredAt: record?.occurredAt ?? '',
        body: record?.body ?? null,
        bodyHash: 'h',
      }) ?? [];
    expect(event).toMatchObject({
      type: 'shipment.observed',
      subject: { founds: false, ref: { type: 'sale.sale', id } },
      data: { status: 'planned', lines: [{ lineId: 'line-1', sku: 'MUG-RED', quantity: '2' }] },
    });
  });

  test('doctor finds nothing wrong', async () => {
    const findings = await tryton.doctor(newCall({ timeoutMs: 60_000 }), at.client);
    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
  });
});

test('an order whose answer was lost exists once, whichever answer it was', async () => {
  for (const method of [
    'model.party.party.create',
    'model.sale.sale.create',
    'model.sale.sale.quote',
    'model.sale.sale.confirm',
  ]) {
    const { emulator, at } = await withEmulator();
    const request = at.render(vatOrder({ id: '1', lines: lines(7, 1001) }));
    emulator.faults.next({ kind: 'reset-after' }, 1, body(method));
    expect(await at.send(request), method).toMatchObject({ kind: 'outcome-unknown' });
    expect(done(await at.send(request)).result).toMatchObject({ state: 'processing', total: '70.07' });
    expect(emulator.journal.counts('sale.created').get('order:shop:1'), method).toBe(1);
    expect(emulator.journal.counts('sale.processed').get('order:shop:1'), method).toBe(1);
  }
});

test('a row lock is a conflict, and the next attempt takes the sale up where it stands', async () => {
  const { emulator, at } = await withEmulator({ lockAbove: 0 });
  const request = at.render(vatOrder({ id: '1' }));
  expect(await at.send(request)).toMatchObject({ kind: 'conflict', stale: false });
  expect(emulator.journal.counts('sale.created').get('order:shop:1')).toBe(1);
  const calm = await createSale.find?.(request, newCall({ timeoutMs: 5_000 }), at.client);
  expect(calm).toEqual({ kind: 'absent' });
});

test('several sales under one reference are rejected, since nobody can say which is ours', async () => {
  const { emulator, at } = await withEmulator();
  const one = vatOrder({ id: '1' });
  done(await at.create(one));
  emulator.platform.sales.create({ reference: one.id, party: 1, currency: 1 });
  expect(await at.create(one)).toMatchObject({ kind: 'rejected', code: 'duplicate-reference' });
});

test('goods that were picked make it too late; settings may allow it', async () => {
  const { emulator, at } = await withEmulator();
  const { id } = done(await at.create(vatOrder({ id: '1' })));
  const shipments = emulator.platform.shipments.ofSale(emulator.platform.store.get('sale.sale', Number(id)));
  emulator.platform.shipments.assign(shipments);
  emulator.platform.shipments.press('pick', shipments);
  expect(await at.cancel(id)).toMatchObject({ kind: 'rejected', code: 'too-late' });
  const bold = bench({ baseUrl: emulator.url, cancelUntil: 'packed' });
  open.push(bold);
  expect(done(await bold.cancel(id)).result.state).toBe('cancelled');
});

test('goods that left, or an invoice that is posted, make it too late', async () => {
  const { emulator, at } = await withEmulator();
  const shipped = done(await at.create(vatOrder({ id: '1' })));
  emulator.platform.ship(Number(shipped.id));
  expect(await at.cancel(shipped.id)).toMatchObject({ kind: 'rejected', code: 'too-late' });
  const invoiced = done(await at.create(vatOrder({ id: '2' })));
  emulator.platform.invoice(Number(invoiced.id));
  expect(await at.cancel(invoiced.id)).toMatchObject({ kind: 'rejected', code: 'too-late' });
});

test('an order that is sent in parts is told as a shipment each, with its parcel, and then invoiced', async () => {
  const { emulator, at } = await withEmulator();
  const { id } = done(
    await at.create(vatOrder({ id: '1', lines: [{ sku: 'MUG-RED', quantity: '3', grossMinor: 1200 }] })),
  );
  expect(emulator.platform.ship(Number(id), { parts: 2, tracking: ['JD1', 'JD2'] })).toHaveLength(2);
  emulator.platform.invoice(Number(id), { paid: true });
  const events = [];
  for (const [name, poller] of Object.entries(tryton.pollers)) {
    const read = await poller.poll(null, newCall({ timeoutMs: 5_000 }), at.client);
    if (read.kind !== 'read') throw new Error(`${name}: ${JSON.stringify(read)}`);
    for (const record of read.records)
      events.push(
        ...(tryton.inbound[record.topic]?.map({
          connection: 'tryton-uk',
          topic: record.topic,
          occurredAt: record.occurredAt,
          body: record.body,
          bodyHash: 'h',
        }) ?? []),
      );
  }
  expect(events).toMatchObject([
    { type: 'erp-order.observed', data: { status: 'done', blocks: [] } },
    {
      type: 'shipment.observed',
      data: { status: 'shipped', lines: [{ quantity: '2' }], packages: [{ trackingNumber: 'JD1' }] },
    },
    {
      type: 'shipment.observed',
      data: { status: 'shipped', lines: [{ quantity: '1' }], packages: [{ trackingNumber: 'JD2' }] },
    },
    { type: 'invoice.observed', data: { status: 'paid', kind: 'invoice', total: { amountMinor: 3600 } } },
  ]);
});

test('a credit limit needs confirmation and leaves nothing behind, unless the settings confirm it', async () => {
  const { emulator, at } = await withEmulator();
  const one = vatOrder({ id: '1' });
  emulator.platform.store.create('party.party', {
    name: 'Ada',
    code: 'shop/Customer/77',
    credit_limit_amount: { __class__: 'Decimal', decimal: '5' },
  });
  expect(await at.create(one)).toMatchObject({
    kind: 'rejected',
    code: 'needs-confirmation',
    field: expect.stringMatching(/^credit_limit_amount_sale\.sale,\d+$/) as unknown,
  });
  expect(emulator.platform.salesWith(one.id)).toEqual([]);
  const trusting = bench({ baseUrl: emulator.url, confirmWarnings: ['credit_limit_amount_*'] });
  open.push(trusting);
  expect(done(await trusting.create(one)).result.state).toBe('processing');
});

test('a session that ended is replaced once, without a second effect', async () => {
  const { emulator, at } = await withEmulator();
  done(await at.create(vatOrder({ id: '1' })));
  emulator.platform.expireSessions();
  expect(await at.create(vatOrder({ id: '2' }))).toMatchObject({ kind: 'done' });
  expect(emulator.journal.counts('sale.created').get('order:shop:2')).toBe(1);
});

test('a wrong password is unauthorized, too many of them rate-limited', async () => {
  const { emulator } = await withEmulator();
  const wrong = bench({ baseUrl: emulator.url, password: 'not-the-password' });
  open.push(wrong);
  const kinds: string[] = [];
  for (let attempt = 0; attempt < 7; attempt += 1)
    kinds.push((await tryton.probe(newCall({ timeoutMs: 5_000 }), wrong.client)).kind);
  expect(new Set(kinds.slice(0, 6))).toEqual(new Set(['unauthorized']));
  expect(kinds.at(-1)).toBe('rate-limited');
});

test('more decimals than the server has are refused by it; the settings say how many it has', async () => {
  const { emulator, at } = await withEmulator({ priceDigits: 2 });
  expect(await at.create(vatOrder({ id: '1' }))).toMatchObject({
    kind: 'rejected',
    code: 'user-error',
    detail: expect.stringContaining('digits') as unknown,
  });
  const coarse = bench({ baseUrl: emulator.url, priceDigits: 2 });
  open.push(coarse);
  expect(
    done(
      await coarse.create(
        vatOrder({ id: '1', lines: [{ sku: 'MUG-RED', quantity: '3', grossMinor: 1001 }] }),
      ),
    ).result.total,
  ).toBe('30.03');
});

test('a party that an accountant linked by our code as identifier is used and not changed', async () => {
  const { emulator, at } = await withEmulator();
  const known = emulator.platform.store.create('party.party', {
    name: 'Ada as the books know her',
    code: '4711',
    identifiers: [['create', [{ code: 'shop/Customer/77' }]]],
  });
  const { id } = done(await at.create(vatOrder({ id: '1' })));
  expect(emulator.platform.store.get('sale.sale', Number(id))['party']).toBe(known.id);
  expect(known['name']).toBe('Ada as the books know her');
});

test('taxes rounded on each line agree without a rounding line', async () => {
  const { emulator, at } = await withEmulator({ data: { taxRounding: 'line' } });
  done(await at.create(vatOrder({ id: '1', lines: lines(7, 1001) })));
  expect(
    [...emulator.platform.store.table('sale.line').values()].filter(
      (line) => line['description'] === 'Rounding',
    ),
  ).toEqual([]);
});

test('neither the password nor the session key appears in an outcome or a log', async () => {
  const { emulator, at } = await withEmulator();
  emulator.faults.often({ kind: 'answer', status: 500, body: `oops ${password}` }, 1);
  const outcome = await at.create(vatOrder({ id: '1' }));
  expect(JSON.stringify([outcome, at.services.logs])).not.toContain(password);
});

test('fifty orders are carried in a burst, each once', async () => {
  const { emulator, at } = await withEmulator();
  const orders = Array.from({ length: 50 }, (_, index) =>
    vatOrder({ id: String(index), customer: String(index), lines: [{ sku: 'MUG-RED', grossMinor: 1200 }] }),
  );
  const outcomes = await Promise.all(orders.map((one) => at.create(one)));
  expect(outcomes.map(({ kind }) => kind)).toEqual(orders.map(() => 'done'));
  expect([...emulator.journal.counts('sale.processed').values()]).toEqual(orders.map(() => 1));
});
