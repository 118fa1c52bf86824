import { northwindApparel } from '#sandbox/traffic/northwind-apparel.ts';
import type { OrderInput, PlacedAddress, PlacedLine } from '#connectors/shopify/emulator/order-input.ts';

/**
 * What becomes of an order: it stays with the warehouse, leaves it (in one or in two shipments, and is invoiced), or is
 * cancelled in the shop, before or after the ERP has it.
 */
export type Fate = 'stays' | 'ships' | 'ships-in-two' | 'cancelled-before' | 'cancelled-after';

/** One order that somebody places, with what is done to it, and whose answers get lost on the way. */
export type Case = {
  readonly name: string;
  readonly input: OrderInput;
  readonly fate: Fate;
  /** Who buys: as many accounts and parties must there be as there are buyers. */
  readonly buyer: string;
  /** Methods of Tryton whose answer to this order (`any`: to whichever comes next) is thrown away. */
  readonly lost: readonly { readonly method: string; readonly of: 'this' | 'any' }[];
  /** Authorised at first; the shop captures it once the ERP has the order. */
  readonly capturedLater: boolean;
};

const at = (city: string, zip: string, countryCode: string, provinceCode?: string): PlacedAddress => ({
  firstName: 'Ann',
  lastName: 'Lee',
  address1: '1 Main Street',
  city,
  zip,
  countryCode,
  ...(provinceCode !== undefined && { provinceCode }),
});
const oakland = at('Oakland', '94607', 'US', 'CA');
const brooklyn = at('Brooklyn', '11201', 'US', 'NY');
const austin = at('Austin', '78701', 'US', 'TX');
const portland = at('Portland', '97205', 'US', 'OR');
const berlin = at('Berlin', '10115', 'DE');
const toronto = at('Toronto', 'M5V 2T6', 'CA', 'ON');

const [californian, newYorker, texan] = [0.0725, 0.04, 0.0625];
const [standard, express] = [
  { title: 'Standard', code: 'standard', price: '6.95' },
  { title: 'Express', code: 'express', price: '18.00' },
];
const euros = { presentmentCurrency: 'EUR', rate: '0.9213' } as const;

function article(sku: string, quantity = 1, taxRate?: number): PlacedLine {
  const known = northwindApparel.articles.find((one) => one.sku === sku);
  if (known === undefined) throw new RangeError(`the company sells no ${sku}`);
  return { ...known, quantity, ...(taxRate !== undefined && { taxRate }) };
}

const customer = (name: string): Pick<OrderInput, 'customer'> => ({
  customer: { firstName: name, lastName: 'Lee', email: `${name.toLowerCase()}@example.com` },
});
const guest = (name: string): Pick<OrderInput, 'customer' | 'email'> => ({
  customer: null,
  email: `${name.toLowerCase()}@example.org`,
});
const bayline = {
  ...customer('Quinn'),
  company: { name: 'Bayline Outfitters Inc.', location: 'Oakland warehouse' },
  payment: 'pending',
  netDays: 30,
} as const;

type Extra = Partial<Pick<Case, 'lost' | 'capturedLater'>>;
const order = (name: string, fate: Fate, input: OrderInput, extra: Extra = {}): Case => ({
  name,
  fate,
  input,
  buyer: input.company?.name ?? input.customer?.email ?? input.email ?? name,
  lost: [],
  capturedLater: false,
  ...extra,
});

const california = { shippingAddress: oakland, taxTitle: 'California State Tax' };
const newYork = { shippingAddress: brooklyn, taxTitle: 'New York State Tax' };
const texas = { shippingAddress: austin, taxTitle: 'Texas State Tax' };

/** The twenty orders of the proof. */
export const cases: readonly Case[] = [
  order('several lines, tax, shipping', 'ships', {
    ...customer('Ada'),
    ...california,
    lines: [
      article('NW-TEE-BLK-M', 2, californian),
      article('NW-JEAN-IND-32', 1, californian),
      article('NW-CAP-NVY', 3, californian),
    ],
    shipping: standard,
  }),
  order('guest, delivery taxed, in two shipments', 'ships-in-two', {
    ...guest('Ben'),
    ...newYork,
    lines: [article('NW-SOCK-3PK', 3, newYorker), article('NW-TEE-WHT-M', 2, newYorker)],
    shipping: { ...standard, taxRate: newYorker },
  }),
  order('code for 10 %', 'stays', {
    ...customer('Cleo'),
    ...texas,
    lines: [article('NW-HOOD-GRY-M', 1, texan), article('NW-BELT-BRN-90', 3, texan)],
    discount: { code: 'WELCOME10', percent: 10 },
    shipping: { ...express, taxRate: texan },
  }),
  order('discount that nobody asked for', 'ships', {
    ...guest('Dan'),
    ...california,
    lines: [article('NW-SCARF-WOOL', 7, californian), article('NW-CAP-NVY', 1, californian)],
    discount: { title: 'Members save 5 %', percent: 5 },
  }),
  order('company with a purchase order on 30 days', 'ships', {
    ...bayline,
    ...california,
    lines: [article('NW-TEE-BLK-L', 40, californian)],
    poNumber: 'PO-7781',
    shipping: standard,
  }),
  order('the same company again', 'stays', {
    ...bayline,
    ...california,
    lines: [article('NW-BOOT-BLK-42', 6, californian)],
    poNumber: 'PO-7790',
  }),
  order('euros, shipped abroad', 'ships', {
    ...guest('Eva'),
    ...euros,
    shippingAddress: berlin,
    lines: [article('NW-DRESS-RED-S'), article('NW-SOCK-3PK', 3)],
    shipping: express,
  }),
  order('euros with a code', 'stays', {
    ...customer('Finn'),
    ...euros,
    shippingAddress: berlin,
    lines: [article('NW-BELT-BRN-90', 3)],
    discount: { code: 'AUTUMN15', percent: 15 },
  }),
  order('gift card beside goods', 'ships', {
    ...customer('Gus'),
    ...california,
    lines: [{ title: 'Gift Card', price: '50.00', giftCard: true }, article('NW-TEE-WHT-M', 1, californian)],
  }),
  order('gift card alone', 'stays', {
    ...customer('Hal'),
    billingAddress: portland,
    lines: [{ title: 'Gift Card', price: '25.00', giftCard: true, quantity: 2 }],
  }),
  order(
    'authorised, captured later',
    'stays',
    {
      ...customer('Ida'),
      ...newYork,
      lines: [article('NW-PARKA-OLV-L', 1, newYorker)],
      shipping: { ...express, taxRate: newYorker },
      payment: 'authorized',
    },
    { capturedLater: true },
  ),
  order('tip, paid elsewhere', 'stays', {
    ...customer('Jon'),
    shippingAddress: portland,
    lines: [article('NW-CAP-NVY', 2)],
    tip: '5.00',
    gateway: 'paypal',
  }),
  order('a customer who came before, from Canada', 'stays', {
    ...customer('Ada'),
    shippingAddress: toronto,
    lines: [article('NW-SCARF-WOOL', 2)],
    shipping: express,
  }),
  order('taxes rounded by line', 'stays', {
    ...guest('Kim'),
    ...california,
    lines: [1, 2, 3, 4, 5].map((n) => ({
      ...article('NW-TEE-BLK-M', 1, californian),
      title: `Tee on sale ${n}`,
      price: '1.93',
    })),
  }),
  order(
    'answer to its creation lost',
    'ships-in-two',
    {
      ...customer('Lou'),
      ...california,
      lines: [article('NW-JEAN-IND-32', 2, californian)],
      shipping: standard,
    },
    { lost: [{ method: 'model.sale.sale.create', of: 'this' }] },
  ),
  order(
    "answers to a party's creation and a confirmation lost",
    'stays',
    { ...guest('Mia'), shippingAddress: portland, lines: [article('NW-HOOD-GRY-M')] },
    {
      lost: [
        { method: 'model.party.party.create', of: 'any' },
        { method: 'model.sale.sale.confirm', of: 'any' },
      ],
    },
  ),
  order(
    'answer to a quotation lost',
    'stays',
    { ...customer('Ned'), ...texas, lines: [article('NW-BOOT-BLK-42', 1, texan)] },
    { lost: [{ method: 'model.sale.sale.quote', of: 'any' }] },
  ),
  order('cancelled before the ERP has it', 'cancelled-before', {
    ...customer('Ola'),
    ...california,
    lines: [article('NW-TEE-BLK-M', 1, californian)],
    shipping: standard,
  }),
  order('cancelled after the ERP has it', 'cancelled-after', {
    ...customer('Pia'),
    ...newYork,
    lines: [article('NW-TEE-BLK-L', 2, newYorker)],
    shipping: { ...standard, taxRate: newYorker },
  }),
  order(
    'cancelled after the ERP has it, answer lost',
    'cancelled-after',
    { ...guest('Rae'), shippingAddress: portland, lines: [article('NW-CAP-NVY', 2), article('NW-SOCK-3PK')] },
    { lost: [{ method: 'model.stock.shipment.out.cancel', of: 'any' }] },
  ),
];
