import { afterEach, describe, expect, test } from 'vitest';
import type { CommandPayload } from '#canonical/command.ts';
import type { Outcome } from '#connector-sdk/outcome.ts';
import { deliver } from '#connector-testkit/deliver.ts';
import type { ShopifyEmulatorOptions } from './emulator.ts';
import type { OrderInput } from './emulator/order-input.ts';
import { paymentCapture } from './outbound/payment-capture.ts';
import { paymentVoid } from './outbound/payment-void.ts';
import { orderRead } from './outbound/order-read.ts';
import { aCall, type Connected, connected } from './testing/connected.ts';
import { eventsOf, listen } from './testing/heard.ts';

const open: Connected[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

type Capture = CommandPayload<'storefront.payment.capture'>;

/** A shop with one authorised order of 3 x 33.33, and what may be done to it. */
async function authorized(input: Partial<OrderInput> = {}, options: ShopifyEmulatorOptions = {}) {
  const shop = await connected(options);
  open.push(shop);
  const { platform, journal } = shop.emulator;
  const lines = [{ sku: 'VASE', quantity: 3, price: '33.33' }];
  const { id } = platform.shop.placeOrder({ lines, payment: 'authorized', ...input });
  const record = platform.shop.orders.get(`gid://shopify/Order/${id}`)!;
  const transaction = record.transactions[0]!;
  const ref = (type: string, text: string) => ({ connection: 'shopify-us', type, id: text });
  const order = ref('Order', id);
  const authorization = ref('OrderTransaction', transaction.id.slice(transaction.id.lastIndexOf('/') + 1));
  const currency = record.presentmentCurrencyCode;
  const context = { config: {} } as never;
  const request = (amountMinor: number, final = false, change: Partial<Capture> = {}) => {
    const upTo = { amountMinor, currency, role: 'presentment' } as const;
    return paymentCapture.render({ order, authorization, upTo, final, ...change }, context);
  };
  let key = 0;
  const run = async (amountMinor: number, final = false): Promise<Outcome> => {
    key += 1;
    const options_ = { key: `k${key}`, settledMs: 250 };
    return (await deliver(paymentCapture, request(amountMinor, final), shop.client, options_)).outcome;
  };
  return {
    ...shop,
    shop: platform.shop,
    id,
    record,
    transaction,
    request,
    capture: run,
    void: async () =>
      (
        await deliver(paymentVoid, paymentVoid.render({ order, authorization }, context), shop.client, {
          key: 'v',
          settledMs: 250,
        })
      ).outcome,
    /** The amounts that really moved. */
    taken: () =>
      journal.effects
        .filter(({ type }) => type === 'payment.captured')
        .map(
          ({ data }) => `${(data as { amount: string }).amount} ${(data as { currency: string }).currency}`,
        ),
    kinds: () => record.transactions.map(({ kind, status }) => `${kind} ${status}`),
  };
}

describe('capturing', () => {
  test('takes what is missing to the mark, in parts where the authorisation allows it, and the final one lets the rest go', async () => {
    const at = await authorized({ multiCapture: true });
    expect(await at.capture(3333)).toMatchObject({ kind: 'done' });
    expect(at.record.displayFinancialStatus).toBe('PARTIALLY_PAID');
    expect(await at.capture(3333)).toMatchObject({ kind: 'done' });
    expect(await at.capture(6666, true)).toMatchObject({ kind: 'done' });
    expect(at.taken()).toEqual(['33.33 USD', '33.33 USD']);
    expect(at.kinds()).toEqual([
      'AUTHORIZATION SUCCESS',
      'CAPTURE SUCCESS',
      'CAPTURE SUCCESS',
      'VOID SUCCESS',
    ]);
    expect(await at.capture(9999)).toMatchObject({ kind: 'rejected', code: 'authorization-voided' });
  });

  test('the whole makes the order paid, and says so as an event', async () => {
    const at = await authorized();
    const outcome = await at.capture(9999, true);
    expect(outcome).toMatchObject({
      kind: 'done',
      events: [
        {
          type: 'payment.observed',
          subject: { entity: 'order', ref: { id: at.id } },
          data: { kind: 'capture', status: 'succeeded', amount: { presentment: { amountMinor: 9999 } } },
        },
      ],
    });
    expect(at.record.displayFinancialStatus).toBe('PAID');
  });

  test.each([
    ['yen', 'JPY', '150', 4999, '4999 JPY', '33.33'],
    ['dinars', 'KWD', '0.3', 10_000, '10.000 KWD', '33.33'],
    ['euro', 'EUR', '0.9', 3000, '30.00 EUR', '33.33'],
  ])(
    'of an order in %s goes out in those, to the minor unit',
    async (_, currency, rate, minor, taken, shopAmount) => {
      const at = await authorized({ presentmentCurrency: currency, rate, multiCapture: true });
      expect(await at.capture(minor)).toMatchObject({ kind: 'done' });
      expect(at.taken()).toEqual([taken]);
      expect(at.record.transactions.at(-1)?.amountSet.shopMoney.amount).toBe(shopAmount);
      const inShopMoney = at.request(minor * 2, false, {
        upTo: { amountMinor: minor * 2, currency: 'USD', role: 'presentment' },
      });
      expect(await paymentCapture.send(inShopMoney, aCall(), at.client)).toMatchObject({
        code: 'currency-differs',
      });
    },
  );

  test('a second capture of a gateway that captures once is refused before it is sent', async () => {
    const at = await authorized();
    await at.capture(3333);
    expect(await at.capture(6666)).toMatchObject({ kind: 'rejected', code: 'single-capture' });
    expect(at.taken()).toEqual(['33.33 USD']);
  });

  test('never more than was authorised', async () => {
    const at = await authorized({ multiCapture: true });
    expect(await at.capture(10_000)).toMatchObject({
      kind: 'rejected',
      code: 'capture-exceeds-authorization',
    });
    expect(at.taken()).toEqual([]);
  });

  test('what somebody captured by hand meanwhile is not captured again', async () => {
    const at = await authorized();
    at.shop.payOrder(at.id);
    expect(await at.capture(9999)).toMatchObject({ kind: 'done' });
    expect(at.taken()).toEqual([]);
  });

  test('a declined capture says why, and may be tried again', async () => {
    const at = await authorized();
    at.shop.payments.decline('INSUFFICIENT_FUNDS');
    expect(await at.capture(9999)).toEqual({
      kind: 'rejected',
      code: 'capture-declined',
      detail: 'the gateway declined the capture: insufficient_funds',
    });
    expect(at.kinds()).toEqual(['AUTHORIZATION SUCCESS', 'CAPTURE FAILURE']);
    expect(await at.capture(9999)).toMatchObject({ kind: 'done' });
    expect(at.taken()).toEqual(['99.99 USD']);
  });

  test('an authorisation that has ended is too late', async () => {
    let nowMs = Date.parse('2026-11-24T10:00:00.000Z');
    const at = await authorized({ authorizedForMs: 3_600_000 }, { now: () => nowMs });
    nowMs += 3_600_000;
    expect(await at.capture(9999)).toMatchObject({ kind: 'rejected', code: 'capture-too-late' });
    expect([at.record.displayFinancialStatus, at.taken()]).toEqual(['EXPIRED', []]);
  });

  test('a capture that the gateway works on is waited for, and not made a second time', async () => {
    let nowMs = Date.parse('2026-11-24T10:00:00.000Z');
    const at = await authorized({}, { now: () => nowMs });
    at.shop.payments.settleAfter(60_000);
    const accepted = await paymentCapture.send(at.request(9999), aCall(), at.client);
    expect(accepted).toMatchObject({ kind: 'accepted', handle: expect.any(String) });
    expect(await paymentCapture.find?.(at.request(9999), aCall(), at.client)).toEqual({
      kind: 'found',
      outcome: accepted,
    });
    expect(await paymentVoid.send({ ...at.request(9999) }, aCall(), at.client)).toMatchObject({
      kind: 'conflict',
    });
    nowMs += 60_000;
    const { handle } = accepted as Extract<Outcome, { kind: 'accepted' }>;
    expect(await paymentCapture.check?.(handle, at.request(9999), aCall(), at.client)).toMatchObject({
      kind: 'done',
    });
    expect(at.taken()).toEqual(['99.99 USD']);
  });

  test.each(['reset-after', 'hang-after', 'effect-late'] as const)(
    'a time-out (%s) is followed by a look-up, and the money is taken once',
    async (kind) => {
      const at = await authorized({ multiCapture: true });
      const fault = kind === 'reset-after' ? { kind } : { kind, ms: 120 };
      at.emulator.faults.next(fault, 1, ({ body }) => body.includes('orderCapture'));
      const { outcome, history } = await deliver(paymentCapture, at.request(3333), at.client, {
        key: 'k',
        settledMs: 400,
      });
      expect(history[0]).toMatchObject({ kind: 'outcome-unknown' });
      expect(outcome).toMatchObject({ kind: 'done' });
      expect(at.taken()).toEqual(['33.33 USD']);
    },
  );
});

describe('giving up an authorisation', () => {
  test('ends it, once', async () => {
    const at = await authorized();
    expect(await at.void()).toMatchObject({ kind: 'done', events: [{ data: { kind: 'void' } }] });
    expect(await at.void()).toMatchObject({ kind: 'done' });
    expect(at.kinds()).toEqual(['AUTHORIZATION SUCCESS', 'VOID SUCCESS']);
    expect(await at.capture(9999)).toMatchObject({ kind: 'rejected', code: 'authorization-voided' });
  });

  test('is not needed where the shop did so with the cancellation', async () => {
    const at = await authorized();
    at.shop.cancelOrder(at.id);
    expect(await at.void()).toMatchObject({ kind: 'done', events: [] });
    expect(at.kinds()).toEqual(['AUTHORIZATION SUCCESS']);
  });

  test('of a cancelled order whose authorisation stayed open', async () => {
    const at = await authorized();
    at.shop.cancelOrder(at.id, 'CUSTOMER', 'open');
    expect(await at.void()).toMatchObject({ kind: 'done' });
    expect(at.record.displayFinancialStatus).toBe('VOIDED');
  });

  test('is refused once money was captured', async () => {
    const at = await authorized({ multiCapture: true });
    await at.capture(3333);
    expect(await at.void()).toMatchObject({ kind: 'rejected', code: 'already-captured' });
  });
});

describe('what is heard of it', () => {
  test('the read order says whether an authorisation can be captured in parts, and when it ends', async () => {
    const at = await authorized({ multiCapture: true, authorizedForMs: 86_400_000 });
    const outcome = await orderRead.send({ orderId: at.id }, aCall(), at.client);
    const [event] = outcome.kind === 'done' ? (outcome.events ?? []) : [];
    expect(event).toMatchObject({
      data: {
        payment: {
          transactions: [
            {
              kind: 'authorization',
              multiCapture: true,
              expiresAt: new Date(Date.parse(at.transaction.createdAt) + 86_400_000).toISOString(),
            },
          ],
        },
      },
    });
  });

  test('the webhook of a capture may come long after the answer, and tells the same', async () => {
    const at = await authorized();
    const heard = await listen(at.config, 'shopify-us');
    try {
      at.shop.subscribe('ORDER_TRANSACTIONS_CREATE', heard.url);
      at.shop.payments.webhookDelayMs = 300;
      const outcome = await at.capture(9999);
      expect(heard.messages).toEqual([]);
      await at.emulator.platform.webhooks.idle();
      const [told] = heard.messages.flatMap(eventsOf);
      const [answered] = outcome.kind === 'done' ? (outcome.events ?? []) : [];
      expect(told?.data).toEqual(answered?.data);
    } finally {
      await heard.close();
    }
  });
});
