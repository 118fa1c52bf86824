import { afterEach, expect, test } from 'vitest';
import { type ProductUnderTest, productUnderTest } from './product-under-test.ts';

// What retailers reported of captures: twice after a time-out, too late, or not at all. Counted in the shop's own journal.

let product: ProductUnderTest;
afterEach(() => product.stop());
const ms = 120_000;
const payment = 'authorized' as const;
const entity = (orderId: string): string => `order:shopify-us:${orderId}`;
const taken = (): readonly string[] =>
  product.shop.journal.effects
    .filter(({ type }) => type === 'payment.captured')
    .map(({ data }) => (data as { amount: string }).amount);
const openCauses = async (): Promise<readonly string[]> => (await product.parked()).map(({ cause }) => cause);

test(
  'an authorised order that ships in two parts is captured in two parts, each once, although the answer of a capture was lost',
  { timeout: ms },
  async () => {
    product = await productUnderTest({ rules: { payments: { capture: 'shipment' } } });
    const { erp, shop } = product;
    const order = product.placeOrder({ payment, multiCapture: true });
    await product.delivered(order.id);
    expect(taken()).toEqual([]);
    shop.faults.next({ kind: 'reset-after' }, 1, ({ body }) => body.includes('orderCapture'));
    const [sale] = erp.platform.salesWith(entity(order.id));
    erp.platform.ship(sale?.id ?? 0, { parts: 2, tracking: ['1Z1', '1Z2'] });
    await expect.poll(() => sum(taken()), { timeout: 60_000 }).toBe(39.8);
    expect(shop.faults.injected.get('reset-after')).toBe(1);
    await expect.poll(openCauses, { timeout: 20_000 }).toEqual([]);
    expect(sum(taken())).toBe(39.8);
  },
);

const sum = (amounts: readonly string[]): number =>
  Math.round(amounts.reduce((total, amount) => total + Number(amount) * 100, 0)) / 100;

test(
  'an ERP that takes only what is paid gets the order once we have captured, also when every webhook is lost',
  { timeout: ms },
  async () => {
    product = await productUnderTest({
      webhooks: { dropped: 1 },
      rules: { payments: { capture: 'order' }, release: { paymentStates: ['paid'] } },
    });
    const order = product.placeOrder({ payment });
    await product.delivered(order.id);
    expect(taken()).toEqual(['39.80']);
  },
);

test(
  'a cancelled order whose authorisation the shop left open gives it up, and the buyer has the money back',
  { timeout: ms },
  async () => {
    product = await productUnderTest({ rules: { payments: { capture: 'shipment' } } });
    const order = product.placeOrder({ payment });
    await product.delivered(order.id);
    product.shop.platform.shop.cancelOrder(order.id, 'CUSTOMER', 'open');
    await expect
      .poll(() => product.shop.journal.counts('payment.voided').get(order.id), { timeout: 40_000 })
      .toBe(1);
    expect(taken()).toEqual([]);
  },
);

test(
  'a declined capture is named with its reason and the money, and closes when the shop captured by hand',
  { timeout: ms },
  async () => {
    product = await productUnderTest({ rules: { payments: { capture: 'order' } } });
    product.shop.platform.shop.payments.decline('INSUFFICIENT_FUNDS');
    const order = product.placeOrder({ payment });
    await expect.poll(openCauses, { timeout: 40_000 }).toContain('capture-refused');
    product.shop.platform.shop.payments.pay(
      product.shop.platform.shop.orders.get(`gid://shopify/Order/${order.id}`)!,
    );
    await expect.poll(openCauses, { timeout: 40_000 }).not.toContain('capture-refused');
  },
);
