import { allocate } from '#canonical/allocate.ts';
import {
  compareDecimals,
  type Decimal,
  decimal,
  multiplyDecimals,
  roundDecimal,
  subtractDecimals,
} from '#canonical/decimal.ts';
import { minorUnitDigits } from '#canonical/currency.ts';
import type { JsonObject } from '#canonical/json.ts';
import { currencySchema, type MoneyBag } from '#canonical/money.ts';
import type { Order } from '#canonical/order.ts';
import type { OrderLine } from '#canonical/order-line.ts';
import type { RequestedWindow } from '#canonical/primitives.ts';
import { unmappable } from '#connector-sdk/mapping.ts';
import {
  instantOf,
  nothing,
  oneOf,
  orderOf,
  type Paper,
  same,
  standing,
  sumOf,
  units,
  zero,
} from '../reading.ts';
import { numberOf } from './numbers.ts';
import { idsOf, inRoleOf, kept, partyOf, skuOf } from './parties.ts';
import { dateOf, idOf, loopsOf, required, type Segment } from './segments.ts';

/** What a trading partner agreement adds: an 850 need not say its currency. */
export type Partner = { readonly currency: string | null };

/** DTM01: what is wanted by a date. Further qualifiers go along unread. */
const windows: Readonly<Record<string, (date: string) => RequestedWindow>> = {
  '001': (date) => ({ kind: 'cancel', notBefore: null, notAfter: date }),
  '002': (date) => ({ kind: 'deliver', notBefore: date, notAfter: date }),
  '106': (date) => ({ kind: 'deliver', notBefore: null, notAfter: date }),
  '063': (date) => ({ kind: 'deliver', notBefore: null, notAfter: date }),
  '064': (date) => ({ kind: 'deliver', notBefore: date, notAfter: null }),
  '010': (date) => ({ kind: 'ship', notBefore: date, notAfter: date }),
  '037': (date) => ({ kind: 'ship', notBefore: date, notAfter: null }),
  '038': (date) => ({ kind: 'ship', notBefore: null, notAfter: date }),
};

/** A purchase order of a trading partner, in X12 (004010). */
export function map850(
  segments: readonly Segment[],
  { connection, hash, offset }: Paper,
  partner: Partner,
): Order {
  const find = (id: string) => segments.findIndex((segment) => idOf(segment) === id);
  const first = (id: string) => ({ segment: segments[find(id)], at: find(id) });
  const [st, beg, itd, fob, cur, td5, isa, se] = [
    first('ST'),
    first('BEG'),
    first('ITD'),
    first('FOB'),
    first('CUR'),
    first('TD5'),
    first('ISA'),
    first('SE'),
  ];
  if (required(st.segment, 'ST01', st.at) !== '850')
    throw unmappable(`[${st.at}].ST01`, 'is no purchase order');
  const counted = se.at - st.at + 1;
  if (numberOf(se.segment, 'SE01', se.at) !== String(counted))
    throw unmappable(
      `[${se.at}].SE01`,
      `${se.segment?.['SE01']}, but there are ${counted} segments: the document is cut or was edited`,
    );
  const items = loopsOf(
    segments,
    ['PO1'],
    ['PID', 'PO4', 'SCH', 'DTM', 'MEA', 'TC2', 'MSG', 'SAC', 'REF', 'N9', 'TD5', 'PKG', 'CTP', 'TXI', 'SDQ'],
  );
  const headerEnd = items[0]?.at ?? segments.length;
  const header = segments.map((segment, at) => ({ segment, at })).slice(0, headerEnd);
  const currency = cur.segment?.['CUR02'] ?? partner.currency;
  if (currency === null)
    throw unmappable('CUR', 'no currency is stated, and none is agreed with the partner');
  if (!currencySchema.safeParse(currency).success)
    throw unmappable(`[${cur.at}].CUR02`, `"${currency}" is no ISO 4217 code`);
  const currencies = { shop: currency, presentment: currency, settlement: null };
  const id = required(beg.segment, 'BEG03', beg.at);
  const ref = (type: string, key: string) => ({ connection, type, id: key });
  const parties = loopsOf(segments.slice(0, headerEnd), ['N1'], ['N2', 'N3', 'N4', 'PER', 'REF']).map(
    partyOf,
  );
  const named = ['ship-to', 'bill-to', 'buyer'];
  const bag = (amount: Decimal, path: string) =>
    same(currency, roundDecimal(amount, minorUnitDigits(currency)), path);
  const gross = items.map(({ head, at }) =>
    multiplyDecimals(numberOf(head, 'PO102', at), numberOf(head, 'PO104', at)),
  );
  const lines = items.map((loop, index): OrderLine => {
    const { head, at, rest } = loop;
    const inside = (segmentId: string) => rest.filter(({ segment }) => idOf(segment) === segmentId);
    const identifiers = idsOf(head, 'PO1', 6, 25);
    const ordered = numberOf(head, 'PO102', at);
    const price = numberOf(head, 'PO104', at);
    const lineId = head['PO101'] ?? String(index + 1);
    return {
      id: lineId,
      ref: ref('PO1', `${id}/${lineId}`),
      parentId: null,
      kind: 'product',
      charged: true,
      sku: skuOf(identifiers),
      product: null,
      title:
        inside('PID')
          .map(({ segment }) => segment['PID05'])
          .find((text) => text !== undefined) ??
        skuOf(identifiers) ??
        lineId,
      variantTitle: null,
      identifiers,
      unit: oneOf(units, required(head, 'PO103', at), `[${at}].PO103`),
      ordered,
      current: ordered,
      quantities: standing(ordered, {}),
      promisedAt: null,
      schedule: inside('SCH').map(({ segment, at: place }, number) => ({
        id: String(number + 1),
        quantity: numberOf(segment, 'SCH01', place),
        requestedOn: dateOf(required(segment, 'SCH06', place), `[${place}].SCH06`),
        confirmed: null,
        confirmedOn: null,
        delivered: null,
      })),
      unitPrice: { shop: price, presentment: price, per: decimal('1') },
      subtotal: bag(gross[index] ?? zero, `[${at}].PO104`),
      discounts: [],
      taxes: [],
      duties: [],
      taxable: false,
      requiresShipping: true,
      weightGrams: null,
      serialNumbers: [],
      attributes: [],
      extensions: {
        x12: {
          ...(head['PO105'] === undefined ? {} : { PO105: head['PO105'] }),
          segments: [
            ...kept(rest, [
              'PO4',
              'DTM',
              'MEA',
              'TC2',
              'MSG',
              'SAC',
              'REF',
              'N9',
              'TD5',
              'PKG',
              'CTP',
              'TXI',
              'SDQ',
              'PID',
            ]),
            ...kept(inside('SCH'), ['SCH']).map((segment) => only(segment, ['SCH02', 'SCH05'])),
          ],
        },
      },
    };
  });
  const allowances = header.filter(({ segment }) => idOf(segment) === 'SAC');
  const amounts = allowances.map(({ segment, at }) => {
    // SAC05 has two decimals that are not written.
    const amount = multiplyDecimals(numberOf(segment, 'SAC05', at), decimal('0.01'));
    if (required(segment, 'SAC01', at) !== 'A')
      throw unmappable(`[${at}].SAC01`, `"${segment['SAC01']}" is no allowance`);
    return { id: `SAC/${at}`, at, segment, amount: bag(amount, `[${at}].SAC05`), exact: amount };
  });
  const allocated = lines.map((line, index): OrderLine => ({
    ...line,
    discounts: amounts.flatMap((allowance) => allocations(allowance, gross, index)),
  }));
  const total = sumOf(lines.map(({ subtotal }) => decimal(subtotal.shop.amountMinor)));
  const off = sumOf(amounts.map(({ amount }) => decimal(amount.shop.amountMinor)));
  const net = subtractDecimals(total, off);
  checkTotals(segments, items.length, scaled(total, currency));
  const fromMinor = (minor: Decimal) => same(currency, scaled(minor, currency), 'CTT');
  const date = dateOf(required(beg.segment, 'BEG05', beg.at), `[${beg.at}].BEG05`);
  return orderOf(
    {
      ref: ref('850', id),
      number: id,
      version: { at: instantOf(date, offset, `[${beg.at}].BEG05`), hash },
      test: oneOf({ P: false, T: true }, required(isa.segment, 'ISA15', isa.at), `[${isa.at}].ISA15`),
      channel: { kind: 'edi', name: null, sourceIdentifier: required(isa.segment, 'ISA06', isa.at) },
      orderedAt: instantOf(date, offset, `[${beg.at}].BEG05`),
      businessDate: date,
      currencies,
      poNumber: id,
      soldTo: inRoleOf(parties, 'buyer'),
      shipTo: inRoleOf(parties, 'ship-to'),
      billTo: inRoleOf(parties, 'bill-to'),
      otherParties: parties.filter(({ role }) => !named.includes(role)),
      paymentTerms: itd.segment === undefined ? null : termsOf(itd.segment, itd.at),
      ...(fob.segment === undefined
        ? {}
        : {
            deliveryTerms: {
              code: fob.segment['FOB05'] ?? required(fob.segment, 'FOB01', fob.at),
              place: fob.segment['FOB07'] ?? fob.segment['FOB03'] ?? null,
            },
          }),
      windows: header
        .filter(({ segment }) => idOf(segment) === 'DTM')
        .flatMap(
          ({ segment, at }) =>
            windows[segment['DTM01'] ?? '']?.(dateOf(required(segment, 'DTM02', at), `[${at}].DTM02`)) ?? [],
        ),
      // The order names a carrier and charges nothing for it.
      shipping:
        td5.segment === undefined
          ? []
          : [
              {
                id: 'TD5',
                code: td5.segment['TD503'] ?? null,
                title: td5.segment['TD505'] ?? td5.segment['TD503'] ?? 'TD5',
                carrier: td5.segment['TD503'] ?? null,
                price: nothing(currencies),
                discounts: [],
                taxes: [],
                extensions: { x12: only(td5.segment, ['TD501', 'TD502', 'TD504', 'TD505']) },
              },
            ],
      discounts: amounts.map(({ id: discountId, segment, exact }) => ({
        id: discountId,
        kind: 'other',
        code: segment['SAC02'] ?? null,
        title: segment['SAC15'] ?? null,
        value: { type: 'fixed', amount: exact },
        target: 'order',
      })),
      attributes: [
        ...header
          .filter(({ segment }) => idOf(segment) === 'REF')
          .map(({ segment, at }) => ({
            name: `REF/${required(segment, 'REF01', at)}`,
            value: segment['REF02'] ?? segment['REF03'] ?? '',
          })),
        ...header
          .filter(({ segment }) => idOf(segment) === 'MSG')
          .map(({ segment, at }) => ({ name: 'MSG', value: required(segment, 'MSG01', at) })),
      ],
      lines: allocated,
      extensions: {
        x12: {
          ...only(beg.segment ?? {}, ['BEG01', 'BEG02', 'BEG04', 'BEG06']),
          segments: [
            ...segments.filter((segment) => idOf(segment) === 'AMT' && !isControl(segment)),
            ...kept(header, [
              'PKG',
              'CSH',
              'PER',
              'N9',
              'TD1',
              'TD4',
              'DTM',
              'ITD',
              'CUR',
              'FOB',
              'SAC',
              'MEA',
            ]),
          ],
        },
      },
    },
    {
      lines: fromMinor(total),
      discounts: fromMinor(off),
      shipping: nothing(currencies),
      tax: nothing(currencies),
      duties: nothing(currencies),
      fees: nothing(currencies),
      tips: nothing(currencies),
      grand: fromMinor(net),
      original: fromMinor(net),
      outstanding: fromMinor(net),
    },
  );
}

const only = (segment: Segment, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(segment).filter(([name]) => names.includes(name)));
const scaled = (minor: Decimal, currency: string): Decimal =>
  roundDecimal(
    multiplyDecimals(minor, decimal(`0.${'1'.padStart(minorUnitDigits(currency), '0')}`)),
    minorUnitDigits(currency),
  );

/** An allowance on the whole order is spread over the lines by what they cost. */
function allocations(
  { id, amount }: { readonly id: string; readonly amount: MoneyBag },
  weights: readonly Decimal[],
  index: number,
): OrderLine['discounts'] {
  const [shop, presentment] = [
    allocate(amount.shop, weights)[index],
    allocate(amount.presentment, weights)[index],
  ];
  return shop === undefined || presentment === undefined || shop.amountMinor === 0
    ? []
    : [{ discountId: id, amount: { shop, presentment } }];
}

function termsOf(segment: Segment, at: number): Order['paymentTerms'] {
  const percent = segment['ITD03'];
  const days = segment['ITD05'] ?? segment['ITD06'];
  const net = segment['ITD07'];
  return {
    code: required(segment, 'ITD01', at),
    name: segment['ITD12'] ?? null,
    dueInDays: net === undefined ? null : Number(numberOf(segment, 'ITD07', at)),
    dueAt: null,
    ...(percent === undefined || days === undefined
      ? {}
      : {
          earlyPayment: [
            {
              percent: numberOf(segment, 'ITD03', at),
              withinDays: Number(numberOf(segment, segment['ITD05'] === undefined ? 'ITD06' : 'ITD05', at)),
            },
          ],
        }),
  };
}

/** AMT01 that says what the whole document comes to. */
const isControl = (segment: Segment) => ['TT', '1'].includes(segment['AMT01'] ?? '');

/** The sender's own control totals: what does not fit them was cut or edited on the way. @throws UnmappableError */
function checkTotals(segments: readonly Segment[], lines: number, total: Decimal): void {
  segments.forEach((segment, at) => {
    if (idOf(segment) === 'CTT' && compareDecimals(numberOf(segment, 'CTT01', at), decimal(lines)) !== 0)
      throw unmappable(`[${at}].CTT01`, `${segment['CTT01']}, but there are ${lines} lines`);
    if (
      idOf(segment) === 'AMT' &&
      isControl(segment) &&
      compareDecimals(numberOf(segment, 'AMT02', at), total) !== 0
    )
      throw unmappable(`[${at}].AMT02`, `${segment['AMT02']}, but the lines come to ${total}`);
  });
}
