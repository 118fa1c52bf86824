import { addDecimals, compareDecimals, decimal, subtractDecimals } from '#canonical/decimal.ts';
import type { Json } from '#canonical/json.ts';
import type { Order } from '#canonical/order.ts';
import type { OrderLine } from '#canonical/order-line.ts';
import type { PartyRole } from '#canonical/party.ts';
import { parseWith, unmappable } from '#connector-sdk/mapping.ts';
import {
  fraction,
  identifiers,
  nothing,
  oneOf,
  orderOf,
  type Paper,
  rest,
  same,
  standing,
  sumOf,
  units,
  zero,
} from '../reading.ts';
import {
  type ItemSource,
  type OrderSource,
  orderSource,
  type PartnerSource,
  type PriceElement,
} from './order-source.ts';

/** Partner functions as the API names them in English and in German. */
const soldTo = ['SP', 'AG'];
const shipTo = ['SH', 'WE'];
const billTo = ['BP', 'RE'];
const payer = ['PY', 'RG'];
/** Header conditions that are carriage; a retailer's own condition types are data. */
const freight = ['HD00', 'KF00'];

const isActive = ({ ConditionIsForStatistics, ConditionInactiveReason }: PriceElement) =>
  !ConditionIsForStatistics && ConditionInactiveReason === null;
const isNegative = (element: PriceElement) => compareDecimals(element.ConditionAmount, zero) < 0;
const negated = (number: PriceElement['ConditionAmount']) => subtractDecimals(zero, number);
const idOf = (item: string, { PricingProcedureStep, PricingProcedureCounter, ConditionType }: PriceElement) =>
  `${item}/${PricingProcedureStep}/${PricingProcedureCounter}/${ConditionType}`;

/** `/Date(1795392000000)/`: milliseconds at midnight UTC of the date. @throws UnmappableError */
function msOf(text: string, path: string): number {
  const match = /^\/Date\((-?\d+)(?:[+-]\d{4})?\)\/$/.exec(text);
  if (match === null) throw unmappable(path, `"${text}" is no OData date`);
  return Number(match[1]);
}
const dateOf = (text: string, path: string) => new Date(msOf(text, path)).toISOString().slice(0, 10);
const optionalDate = (text: string | null, path: string) => (text === null ? null : dateOf(text, path));

/** An S/4HANA sales order with items, partners, conditions, schedule lines and texts. One currency: that of the document. */
export function mapSapOrder(body: Json, { connection, hash }: Paper): Order {
  const { d: order } = parseWith(orderSource, body);
  const currency = order.TransactionCurrency;
  const currencies = { shop: currency, presentment: currency, settlement: null };
  const ref = (type: string, id: string) => ({ connection, type, id });
  const role = (functions: readonly string[]): PartyRole => {
    const partner = order.to_Partner.results.find(({ PartnerFunction }) =>
      functions.includes(PartnerFunction),
    );
    if (partner === undefined) return { party: null, address: null };
    return {
      party: null,
      address: null,
      ...(partner.Customer === null ? {} : { ref: ref('A_Customer', partner.Customer) }),
      identifiers: personsOf(partner),
    };
  };
  const buyer = role(soldTo);
  if (buyer.ref?.id !== order.SoldToParty)
    throw unmappable(
      'd.SoldToParty',
      `${order.SoldToParty}, but the partner is ${buyer.ref?.id ?? 'missing'}`,
    );
  const named = [soldTo, shipTo, billTo, payer].flat();
  const charges = order.to_PricingElement.results
    .map((element, index) => ({ element, path: `d.to_PricingElement.results[${index}]` }))
    .filter(({ element }) => isActive(element));
  for (const { element, path } of charges) {
    if (element.TransactionCurrency !== currency)
      throw unmappable(
        `${path}.TransactionCurrency`,
        `${element.TransactionCurrency}, but the order is in ${currency}`,
      );
    if (!freight.includes(element.ConditionType) || isNegative(element))
      throw unmappable(
        `${path}.ConditionType`,
        `nobody says what ${element.ConditionType} is on the whole order`,
      );
  }
  const items = order.to_Item.results;
  const lines = items.map((item, index) => mapItem(item, `d.to_Item.results[${index}]`, currency, ref));
  const active = items.flatMap((item) =>
    item.to_PricingElement.results.filter(isActive).map((element) => ({ item, element })),
  );
  const discounts = active.filter(({ element }) => element.ConditionClass === 'A' && isNegative(element));
  const taxes = sumOf(
    active
      .filter(({ element }) => element.ConditionClass === 'D')
      .map(({ element }) => element.ConditionAmount),
  );
  const prices = sumOf(
    active
      .filter(({ element }) => element.ConditionClass === 'B')
      .map(({ element }) => element.ConditionAmount),
  );
  const carriage = sumOf(charges.map(({ element }) => element.ConditionAmount));
  const off = sumOf(discounts.map(({ element }) => negated(element.ConditionAmount)));
  const grand = same(currency, addDecimals(order.TotalNetAmount, taxes), 'd.TotalNetAmount');
  return orderOf(
    {
      ref: ref('A_SalesOrder', order.SalesOrder),
      number: order.SalesOrder,
      version: { at: new Date(msOf(order.LastChangeDateTime, 'd.LastChangeDateTime')).toISOString(), hash },
      channel: { kind: 'b2b', name: null, sourceIdentifier: null },
      orderedAt: new Date(msOf(order.CreationDate, 'd.CreationDate')).toISOString(),
      businessDate: optionalDate(order.SalesOrderDate, 'd.SalesOrderDate'),
      postingDate: null,
      currencies,
      soldTo: buyer,
      shipTo: role(shipTo),
      billTo: role(billTo),
      payer: role(payer),
      otherParties: order.to_Partner.results
        .filter(({ PartnerFunction }) => !named.includes(PartnerFunction))
        .map((partner) => otherParty(partner, ref)),
      poNumber: order.PurchaseOrderByCustomer,
      paymentTerms:
        order.CustomerPaymentTerms === null
          ? null
          : { code: order.CustomerPaymentTerms, name: null, dueInDays: null, dueAt: null },
      ...(order.IncotermsClassification === null
        ? {}
        : { deliveryTerms: { code: order.IncotermsClassification, place: order.IncotermsLocation1 } }),
      ...(order.RequestedDeliveryDate === null
        ? {}
        : {
            windows: [
              {
                kind: 'deliver' as const,
                notBefore: null,
                notAfter: dateOf(order.RequestedDeliveryDate, 'd.RequestedDeliveryDate'),
              },
            ],
          }),
      lines,
      shipping: charges.map(({ element, path }) => ({
        id: idOf('0', element),
        code: element.ConditionType,
        title: element.ConditionType,
        carrier: null,
        price: same(currency, element.ConditionAmount, `${path}.ConditionAmount`),
        discounts: [],
        taxes: [],
        extensions: {
          sap: rest(element, [
            'ConditionType',
            'ConditionAmount',
            'TransactionCurrency',
            'PricingProcedureStep',
            'PricingProcedureCounter',
          ]),
        },
      })),
      discounts: discounts.map(({ item, element }) => ({
        id: idOf(item.SalesOrderItem, element),
        kind: 'automatic',
        code: null,
        title: element.ConditionType,
        target: 'line',
        value:
          element.ConditionCalculationType === 'A'
            ? { type: 'percentage', percent: negated(element.ConditionRateValue) }
            : { type: 'fixed', amount: negated(element.ConditionRateValue) },
      })),
      holds: holdsOf(order),
      note: null,
      attributes: order.to_Text.results.map(({ LongTextID, Language, LongText }) => ({
        name: `text/${LongTextID}/${Language}`,
        value: LongText,
      })),
      extensions: {
        sap: {
          ...rest(order, [
            'SalesOrder',
            'SoldToParty',
            'PurchaseOrderByCustomer',
            'CreationDate',
            'SalesOrderDate',
            'LastChangeDateTime',
            'RequestedDeliveryDate',
            'TransactionCurrency',
            'TotalNetAmount',
            'CustomerPaymentTerms',
            'IncotermsClassification',
            'IncotermsLocation1',
            'to_Partner',
            'to_PricingElement',
            'to_Text',
            'to_Item',
            '__metadata',
          ]),
          statistics: order.to_PricingElement.results
            .filter((element) => !isActive(element))
            .map((element) => rest(element, [])),
        },
      },
    },
    {
      lines: same(currency, prices, 'd.to_Item'),
      discounts: same(currency, off, 'd.to_Item'),
      shipping: same(currency, carriage, 'd.to_PricingElement'),
      tax: same(currency, taxes, 'd.to_Item'),
      duties: nothing(currencies),
      fees: nothing(currencies),
      tips: nothing(currencies),
      grand,
      original: grand,
      outstanding: grand,
    },
  );
}

const otherRoles: Readonly<Record<string, string>> = {
  CP: 'contact-person',
  AP: 'contact-person',
  CR: 'forwarding-agent',
  VE: 'sales-employee',
  ER: 'employee-responsible',
};
/** Who else a partner is: "0" is nobody. */
const personsOf = ({ Supplier, Personnel, ContactPerson }: PartnerSource) =>
  identifiers({
    'sap-supplier': Supplier,
    'sap-personnel': Personnel === '0' ? null : Personnel,
    'sap-contact': ContactPerson === '0' ? null : ContactPerson,
  });

function otherParty(
  partner: PartnerSource,
  ref: (type: string, id: string) => { connection: string; type: string; id: string },
): NonNullable<Order['otherParties']>[number] {
  const { PartnerFunction, Customer } = partner;
  return {
    role: otherRoles[PartnerFunction] ?? PartnerFunction,
    party: null,
    address: null,
    ...(Customer === null ? {} : { ref: ref('A_Customer', Customer) }),
    identifiers: [...identifiers({ 'sap-partner-function': PartnerFunction }), ...personsOf(partner)],
  };
}

function holdsOf(order: OrderSource): Order['holds'] {
  const blocks = {
    'delivery block': order.DeliveryBlockReason,
    'billing block': order.HeaderBillingBlockReason,
  };
  const blocked = Object.entries(blocks).flatMap(([what, reason]): Order['holds'] =>
    reason === null ? [] : [{ kind: 'other', note: `${what} ${reason}` }],
  );
  return order.TotalCreditCheckStatus === 'B' || order.TotalCreditCheckStatus === 'C'
    ? [...blocked, { kind: 'payment', note: `credit check ${order.TotalCreditCheckStatus}` }]
    : blocked;
}

function mapItem(
  item: ItemSource,
  path: string,
  currency: string,
  ref: (type: string, id: string) => { connection: string; type: string; id: string },
): OrderLine {
  const elements = item.to_PricingElement.results.map((element, index) => ({
    element,
    path: `${path}.to_PricingElement.results[${index}]`,
  }));
  const active = elements.filter(({ element }) => isActive(element));
  const price = active.find(({ element }) => element.ConditionClass === 'B');
  const surcharge = active.find(
    ({ element }) =>
      (element.ConditionClass === 'A' && !isNegative(element)) ||
      !['A', 'B', 'D'].includes(element.ConditionClass ?? ''),
  );
  if (surcharge !== undefined)
    throw unmappable(
      `${surcharge.path}.ConditionType`,
      `nobody says what ${surcharge.element.ConditionType} is on an item`,
    );
  const unit = oneOf(units, item.RequestedQuantityISOUnit, `${path}.RequestedQuantityISOUnit`);
  const ordered = item.RequestedQuantity;
  const isRejected = item.SalesDocumentRjcnReason !== null;
  const schedule = item.to_ScheduleLine.results;
  const shipped = sumOf(schedule.map((line) => line.DeliveredQtyInOrderQtyUnit));
  const rate = price?.element.ConditionRateValue ?? zero;
  const perUnit = price?.element.ConditionQuantityISOUnit ?? null;
  return {
    id: item.SalesOrderItem,
    ref: ref('A_SalesOrderItem', item.SalesOrderItem),
    parentId: item.HigherLevelItem,
    kind: 'product',
    charged: true,
    sku: item.Material,
    product: item.Material === null ? null : ref('A_Product', item.Material),
    title: item.SalesOrderItemText,
    variantTitle: null,
    identifiers: identifiers({ 'buyer-item': item.MaterialByCustomer }),
    unit,
    ordered,
    current: isRejected ? shipped : ordered,
    quantities: standing(
      ordered,
      isRejected ? { shipped, cancelled: subtractDecimals(ordered, shipped) } : { shipped },
    ),
    promisedAt: null,
    schedule: schedule.map((line, index) => ({
      id: line.ScheduleLine,
      quantity: line.ScheduleLineOrderQuantity,
      requestedOn: optionalDate(
        line.RequestedDeliveryDate,
        `${path}.to_ScheduleLine.results[${index}].RequestedDeliveryDate`,
      ),
      confirmed: line.ConfdOrderQtyByMatlAvailCheck,
      confirmedOn: optionalDate(
        line.ConfirmedDeliveryDate,
        `${path}.to_ScheduleLine.results[${index}].ConfirmedDeliveryDate`,
      ),
      delivered: line.DeliveredQtyInOrderQtyUnit,
    })),
    unitPrice: {
      shop: rate,
      presentment: rate,
      per: price?.element.ConditionQuantity ?? decimal('1'),
      ...(perUnit === null ? {} : { perUnit: oneOf(units, perUnit, `${path}.to_PricingElement`) }),
    },
    subtotal: same(currency, price?.element.ConditionAmount ?? zero, `${path}.to_PricingElement`),
    discounts: active
      .filter(({ element }) => element.ConditionClass === 'A')
      .map(({ element, path: at }) => ({
        discountId: idOf(item.SalesOrderItem, element),
        amount: same(currency, negated(element.ConditionAmount), `${at}.ConditionAmount`),
      })),
    taxes: active
      .filter(({ element }) => element.ConditionClass === 'D')
      .map(({ element, path: at }) => ({
        title: element.ConditionType,
        jurisdiction: null,
        component: null,
        code: element.TaxCode,
        rate: fraction(element.ConditionRateValue),
        base: null,
        amount: same(currency, element.ConditionAmount, `${at}.ConditionAmount`),
        included: false,
        exemption: null,
        liable: 'merchant',
      })),
    duties: [],
    taxable: active.some(({ element }) => element.ConditionClass === 'D'),
    requiresShipping: true,
    weightGrams: null,
    serialNumbers: [],
    attributes: [],
    extensions: {
      sap: {
        ...rest(item, [
          'SalesOrderItem',
          'HigherLevelItem',
          'SalesOrderItemText',
          'Material',
          'MaterialByCustomer',
          'RequestedQuantity',
          'RequestedQuantityISOUnit',
          'to_PricingElement',
          'to_Partner',
          'to_ScheduleLine',
          '__metadata',
        ]),
        // What a condition says beyond rate and amount, and those for statistics only, such as the cost.
        conditions: item.to_PricingElement.results.map((element) => rest(element, [])),
        partners: item.to_Partner.results.map((partner) => rest(partner, [])),
      },
    },
  };
}
