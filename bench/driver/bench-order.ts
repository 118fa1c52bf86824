/** Ids of a run's orders in the shop: the index is in the id, so that a sink knows which order it was given. */
const firstOrderId = 6_000_000_000_000;
export const orderIndexOf = (id: string): number => Number(id) - firstOrderId;
/** The index from a key such as `order:shop:6000000000042`. */
export const orderIndexOfKey = (key: string): number => orderIndexOf(key.slice(key.lastIndexOf(':') + 1));

export const skus = 400;
/** Buyers of the run: enough that two orders of one buyer, which take turns by design, seldom meet. */
const buyers = 50_000;
export const versionNote = (version: number): string => `v${version}`;
export const versionOfNote = (note: string | null | undefined): number =>
  Number(/^v(\d+)/.exec(note ?? '')?.[1] ?? 1);

const instant = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/**
 * The body of an `orders/create` webhook, about 2 KB, in the shape of Shopify's REST order: one line, one tax, one shipping line, a paid
 * order of a customer with an address. Prices have no cents, so that the tax of 10 % needs no rounding anywhere.
 */
export function orderBody(index: number, version = 1, atMs = Date.UTC(2026, 10, 24, 9)): string {
  const id = firstOrderId + index;
  const buyer = (Math.imul(index, 2_654_435_761) >>> 0) % buyers;
  const sku = (Math.imul(index + 7, 2_246_822_519) >>> 0) % skus;
  const quantity = 1 + (index % 3);
  const price = 20 + (sku % 80);
  const [net, tax] = [price * quantity, (price * quantity) / 10];
  const bag = (amount: number) => {
    const money = { amount: amount.toFixed(2), currency_code: 'USD' };
    return { shop_money: money, presentment_money: money };
  };
  const address = {
    first_name: 'Ada',
    last_name: `Abbott ${buyer}`,
    address1: `${1 + (buyer % 180)} Mill Lane`,
    city: 'Oakland',
    province_code: 'CA',
    zip: '94607',
    country_code: 'US',
    phone: null,
  };
  return JSON.stringify({
    id,
    admin_graphql_api_id: `gid://shopify/Order/${id}`,
    name: `#${index + 1}`,
    created_at: instant(atMs),
    updated_at: instant(atMs + version * 1_000),
    test: false,
    confirmed: true,
    source_name: 'web',
    currency: 'USD',
    presentment_currency: 'USD',
    taxes_included: false,
    financial_status: 'paid',
    email: `buyer${buyer}@mail.example`,
    customer: {
      id: 7_000_000_000 + buyer,
      email: `buyer${buyer}@mail.example`,
      verified_email: true,
      first_name: 'Ada',
      last_name: `Abbott ${buyer}`,
    },
    shipping_address: address,
    billing_address: address,
    payment_gateway_names: ['shopify_payments'],
    note: versionNote(version),
    tags: '',
    line_items: [
      {
        id: id * 2,
        title: `Everyday Tee ${sku}`,
        sku: `BENCH-${sku}`,
        quantity,
        current_quantity: quantity,
        fulfillable_quantity: quantity,
        gift_card: false,
        taxable: true,
        requires_shipping: true,
        grams: 180,
        price_set: bag(price),
        tax_lines: [{ title: 'Bench Tax', rate: 0.1, price_set: bag(tax) }],
      },
    ],
    shipping_lines: [
      {
        id: id * 2 + 1,
        code: 'standard',
        title: 'Standard',
        price_set: bag(5),
        discounted_price_set: bag(5),
      },
    ],
    total_price_set: bag(net + tax + 5),
    current_total_price_set: bag(net + tax + 5),
    current_total_discounts_set: bag(0),
    current_total_tax_set: bag(tax),
    total_tip_received: '0.00',
    total_outstanding: '0.00',
  });
}
