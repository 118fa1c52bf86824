import { z } from 'zod';
import { addDecimals, decimal, subtractDecimals } from '#canonical/decimal.ts';
import type { Json } from '#canonical/json.ts';
import { currencySchema } from '#canonical/money.ts';
import type { Order } from '#canonical/order.ts';
import type { OrderLine } from '#canonical/order-line.ts';
import type { Address, PartyRole } from '#canonical/party.ts';
import { parseWith, unmappable } from '#connector-sdk/mapping.ts';
import {
  fraction,
  instantOf,
  nothing,
  numeric,
  oneOf,
  optionalText,
  orderOf,
  type Paper,
  rest,
  same,
  standing,
  sumOf,
  units,
} from '../reading.ts';

/** Business Central writes no date as year 1 and no record as a GUID of zeros. */
const optionalDate = optionalText.transform((date) => (date === '0001-01-01' ? null : date));
const optionalId = optionalText.transform((id) =>
  id === '00000000-0000-0000-0000-000000000000' ? null : id,
);

export const lineSource = z.looseObject({
  id: z.string(),
  sequence: z.int(),
  lineType: z.string(),
  lineObjectNumber: optionalText,
  itemId: optionalId,
  itemVariantId: optionalId,
  locationId: optionalId,
  description: z.string(),
  unitOfMeasureCode: optionalText,
  quantity: numeric,
  unitPrice: numeric,
  discountAmount: numeric,
  discountPercent: numeric,
  invoiceDiscountAllocation: numeric,
  taxCode: optionalText,
  taxPercent: numeric,
  netAmount: numeric,
  netTaxAmount: numeric,
  shippedQuantity: numeric,
  shipmentDate: optionalDate,
});
type LineSource = z.infer<typeof lineSource>;

export const orderSource = z.looseObject({
  id: z.string(),
  number: z.string().min(1),
  externalDocumentNumber: optionalText,
  orderDate: z.iso.date(),
  postingDate: optionalDate,
  lastModifiedDateTime: z.string(),
  customerId: z.string(),
  customerNumber: z.string(),
  customerName: z.string().min(1),
  billToName: optionalText,
  billToCustomerId: optionalId,
  shipToName: optionalText,
  shipToContact: optionalText,
  email: optionalText,
  phoneNumber: optionalText,
  currencyCode: currencySchema,
  pricesIncludeTax: z.boolean(),
  paymentTermsId: optionalId,
  shipmentMethodId: optionalId,
  requestedDeliveryDate: optionalDate,
  discountAmount: numeric,
  totalAmountExcludingTax: numeric,
  totalTaxAmount: numeric,
  totalAmountIncludingTax: numeric,
  status: z.string(),
  salesOrderLines: z.array(lineSource),
});
type OrderSource = z.infer<typeof orderSource>;
const invoiceDiscount = 'invoice-discount';
const statuses: Readonly<Record<string, Order['holds']>> = {
  Draft: [],
  Open: [],
  'In Review': [{ kind: 'manual', note: 'In Review' }],
};
const lineKinds: Readonly<Record<string, OrderLine['kind'] | 'comment'>> = {
  Item: 'product',
  Resource: 'custom',
  Account: 'custom',
  Charge: 'fee',
  'Fixed Asset': 'custom',
  Comment: 'comment',
};

/** A salesOrder of API v2.0 with its lines expanded. */
export function mapBusinessCentralOrder(body: Json, { connection, hash, offset }: Paper): Order {
  const order = parseWith(orderSource, body);
  const currency = order.currencyCode;
  const currencies = { shop: currency, presentment: currency, settlement: null };
  const ref = (type: string, id: string) => ({ connection, type, id });
  const kindOf = (line: LineSource, index: number) =>
    oneOf(lineKinds, line.lineType, `salesOrderLines[${index}].lineType`);
  const charged = order.salesOrderLines.filter((line) => line.lineType !== 'Comment');
  const gross = sumOf(charged.map(grossOf));
  const fees = sumOf(charged.filter(({ lineType }) => lineType === 'Charge').map(grossOf));
  const discounts = sumOf(
    charged.map((line) => addDecimals(line.discountAmount, line.invoiceDiscountAllocation)),
  );
  const company: PartyRole['party'] = {
    kind: 'company',
    ref: ref('customer', order.customerId),
    name: order.customerName,
    email: order.email,
    emailVerified: false,
    phone: order.phoneNumber,
    language: null,
    location: null,
    contact: null,
    registrations: [],
  };
  const named = (name: string | null, id: string | null): PartyRole['party'] =>
    name === null
      ? null
      : { ...company, ref: id === null ? null : ref('customer', id), name, email: null, phone: null };
  const grand = same(currency, order.totalAmountIncludingTax, 'totalAmountIncludingTax');
  return orderOf(
    {
      ref: ref('salesOrder', order.id),
      number: order.number,
      version: { at: instantOf(order.lastModifiedDateTime, offset, 'lastModifiedDateTime'), hash },
      channel: { kind: 'b2b', name: null, sourceIdentifier: null },
      // A date without a time: its start in the company's zone. The date itself stands in businessDate.
      orderedAt: instantOf(order.orderDate, offset, 'orderDate'),
      businessDate: order.orderDate,
      postingDate: order.postingDate,
      currencies,
      taxesIncluded: order.pricesIncludeTax,
      soldTo: {
        party: company,
        address: addressOf(order, 'sellTo', order.customerName, null),
        identifiers: [{ scheme: 'bc-customer', value: order.customerNumber }],
      },
      billTo: {
        party: named(order.billToName, order.billToCustomerId),
        address: addressOf(order, 'billTo', order.billToName, null),
      },
      shipTo: { party: null, address: addressOf(order, 'shipTo', order.shipToContact, order.shipToName) },
      poNumber: order.externalDocumentNumber,
      paymentTerms:
        order.paymentTermsId === null
          ? null
          : { code: order.paymentTermsId, name: null, dueInDays: null, dueAt: null },
      ...(order.shipmentMethodId === null
        ? {}
        : { deliveryTerms: { code: order.shipmentMethodId, place: null } }),
      ...(order.requestedDeliveryDate === null
        ? {}
        : {
            windows: [{ kind: 'deliver' as const, notBefore: null, notAfter: order.requestedDeliveryDate }],
          }),
      lines: order.salesOrderLines.flatMap((line, index) => {
        const kind = kindOf(line, index);
        return kind === 'comment' ? [] : [mapLine(line, kind, `salesOrderLines[${index}]`, order, ref)];
      }),
      discounts: [
        ...charged
          .filter(({ discountAmount }) => Number(discountAmount) !== 0)
          .map((line) => ({
            id: line.id,
            kind: 'automatic' as const,
            code: null,
            title: null,
            value: { type: 'percentage' as const, percent: line.discountPercent },
            target: 'line' as const,
          })),
        ...(Number(order.discountAmount) === 0
          ? []
          : [
              {
                id: invoiceDiscount,
                kind: 'manual' as const,
                code: null,
                title: null,
                value: { type: 'fixed' as const, amount: order.discountAmount },
                target: 'order' as const,
              },
            ]),
      ],
      holds: oneOf(statuses, order.status, 'status'),
      attributes: order.salesOrderLines
        .filter(({ lineType }) => lineType === 'Comment')
        .map(({ sequence, description }) => ({ name: `comment/${sequence}`, value: description })),
      extensions: { 'business-central': rest(order, read) },
    },
    {
      lines: same(currency, subtractDecimals(gross, fees), 'salesOrderLines'),
      discounts: same(currency, discounts, 'salesOrderLines'),
      shipping: nothing(currencies),
      tax: same(currency, order.totalTaxAmount, 'totalTaxAmount'),
      duties: nothing(currencies),
      fees: same(currency, fees, 'salesOrderLines'),
      tips: nothing(currencies),
      grand,
      original: grand,
      outstanding: grand,
    },
  );
}

const read = [
  'id',
  'number',
  'externalDocumentNumber',
  'orderDate',
  'postingDate',
  'lastModifiedDateTime',
  'customerId',
  'customerNumber',
  'customerName',
  'billToName',
  'billToCustomerId',
  'shipToName',
  'shipToContact',
  'email',
  'phoneNumber',
  'pricesIncludeTax',
  'paymentTermsId',
  'shipmentMethodId',
  'requestedDeliveryDate',
  'salesOrderLines',
  '@odata.etag',
  '@odata.context',
  ...['sellTo', 'billTo', 'shipTo'].flatMap((part) =>
    ['AddressLine1', 'AddressLine2', 'City', 'Country', 'State', 'PostCode'].map(
      (field) => `${part}${field}`,
    ),
  ),
];

/** What the line costs before any discount: its net amount and what came off. */
const grossOf = (line: LineSource) =>
  addDecimals(line.netAmount, addDecimals(line.discountAmount, line.invoiceDiscountAllocation));

function mapLine(
  line: LineSource,
  kind: OrderLine['kind'],
  path: string,
  order: OrderSource,
  ref: (type: string, id: string) => { connection: string; type: string; id: string },
): OrderLine {
  const currency = order.currencyCode;
  const ordered = line.quantity;
  return {
    id: line.id,
    ref: ref('salesOrderLine', line.id),
    parentId: null,
    kind,
    charged: true,
    sku: line.lineObjectNumber,
    product: line.itemId === null ? null : ref('item', line.itemId),
    title: line.description,
    variantTitle: null,
    unit:
      line.unitOfMeasureCode === null
        ? 'C62'
        : oneOf(units, line.unitOfMeasureCode, `${path}.unitOfMeasureCode`),
    ordered,
    current: ordered,
    quantities: standing(ordered, { shipped: line.shippedQuantity }),
    promisedAt: null,
    ...(line.shipmentDate === null
      ? {}
      : { windows: [{ kind: 'ship' as const, notBefore: null, notAfter: line.shipmentDate }] }),
    unitPrice: { shop: line.unitPrice, presentment: line.unitPrice, per: decimal('1') },
    subtotal: same(currency, grossOf(line), `${path}.netAmount`),
    discounts: [
      ...(Number(line.discountAmount) === 0
        ? []
        : [{ discountId: line.id, amount: same(currency, line.discountAmount, `${path}.discountAmount`) }]),
      ...(Number(line.invoiceDiscountAllocation) === 0
        ? []
        : [
            {
              discountId: invoiceDiscount,
              amount: same(currency, line.invoiceDiscountAllocation, `${path}.invoiceDiscountAllocation`),
            },
          ]),
    ],
    taxes:
      line.taxCode === null && Number(line.netTaxAmount) === 0
        ? []
        : [
            {
              title: line.taxCode ?? 'Tax',
              jurisdiction: null,
              component: null,
              code: line.taxCode,
              rate: fraction(line.taxPercent),
              base: same(currency, line.netAmount, `${path}.netAmount`),
              amount: same(currency, line.netTaxAmount, `${path}.netTaxAmount`),
              included: order.pricesIncludeTax,
              exemption: null,
              liable: 'merchant',
            },
          ],
    duties: [],
    taxable: Number(line.netTaxAmount) !== 0,
    requiresShipping: line.lineType === 'Item',
    weightGrams: null,
    serialNumbers: [],
    attributes: [],
    extensions: {
      'business-central': rest(line, [
        'id',
        'lineObjectNumber',
        'itemId',
        'description',
        'quantity',
        'unitPrice',
        'taxCode',
        'netTaxAmount',
        'shippedQuantity',
        'shipmentDate',
      ]),
    },
  };
}

const addressFields = z.looseObject({
  line1: optionalText,
  line2: optionalText,
  city: optionalText,
  country: optionalText,
  state: optionalText,
  postCode: optionalText,
});
function addressOf(
  order: OrderSource,
  part: 'sellTo' | 'billTo' | 'shipTo',
  name: string | null,
  company: string | null,
): Address {
  const field = (suffix: string) => order[`${part}${suffix}`];
  const address = parseWith(addressFields, {
    line1: field('AddressLine1'),
    line2: field('AddressLine2'),
    city: field('City'),
    country: field('Country'),
    state: field('State'),
    postCode: field('PostCode'),
  });
  if (address.country !== null && !/^[A-Z]{2}$/.test(address.country))
    throw unmappable(`${part}Country`, `"${address.country}" is no ISO 3166 code`);
  return {
    name,
    company,
    lines: [address.line1, address.line2].filter((line) => line !== null),
    city: address.city,
    subdivision: null,
    subdivisionName: address.state,
    postalCode: address.postCode,
    country: address.country,
    phone: null,
  };
}
