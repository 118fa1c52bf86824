import type { Decimal } from '#canonical/decimal.ts';
import { type FulfillmentOrder, fulfillmentOrderSchema } from '#canonical/fulfillment.ts';
import type { RequestedWindow } from '#canonical/primitives.ts';
import { parseWith, unmappable } from '#connector-sdk/mapping.ts';
import { oneOf, type Paper, units } from '../reading.ts';
import { numberOf } from './numbers.ts';
import { idsOf, inRoleOf, kept, partyOf, skuOf } from './parties.ts';
import { dateOf, idOf, type Loop, loopsOf, required, type Segment } from './segments.ts';

const windows: Readonly<Record<string, (date: string) => RequestedWindow>> = {
  '10': (date) => ({ kind: 'ship', notBefore: date, notAfter: date }),
  '37': (date) => ({ kind: 'ship', notBefore: date, notAfter: null }),
  '38': (date) => ({ kind: 'ship', notBefore: null, notAfter: date }),
  '02': (date) => ({ kind: 'deliver', notBefore: date, notAfter: date }),
  '01': (date) => ({ kind: 'cancel', notBefore: null, notAfter: date }),
};
const statuses: Readonly<Record<string, FulfillmentOrder['status']>> = {
  N: 'open',
  F: 'cancelled',
  C: 'open',
  R: 'open',
};

/** A warehouse shipping order: what a third party's warehouse is asked to send. It has no prices. */
export function map940(segments: readonly Segment[], { connection }: Paper): FulfillmentOrder {
  const first = (id: string) => {
    const at = segments.findIndex((segment) => idOf(segment) === id);
    return { segment: segments[at], at };
  };
  const [st, w05, w66, se] = [first('ST'), first('W05'), first('W66'), first('SE')];
  if (required(st.segment, 'ST01', st.at) !== '940')
    throw unmappable(`[${st.at}].ST01`, 'is no warehouse shipping order');
  if (Number(required(se.segment, 'SE01', se.at)) !== se.at - st.at + 1)
    throw unmappable(
      `[${se.at}].SE01`,
      `${se.segment?.['SE01']}, but there are ${se.at - st.at + 1} segments`,
    );
  const items = loopsOf(segments, ['W01'], ['G69', 'N9', 'W20', 'QTY', 'AMT', 'G66']);
  const end = items[0]?.at ?? segments.length;
  const header = segments.map((segment, at) => ({ segment, at })).slice(0, end);
  const headerOf = (id: string) => header.filter(({ segment }) => idOf(segment) === id);
  const parties = loopsOf(segments.slice(0, end), ['N1'], ['N2', 'N3', 'N4']).map(partyOf);
  const number = required(w05.segment, 'W0502', w05.at);
  const total = first('W76');
  const asked = items.reduce((sum, { head, at }) => sum + Number(numberOf(head, 'W0101', at)), 0);
  if (total.segment !== undefined && Number(required(total.segment, 'W7601', total.at)) !== asked)
    throw unmappable(`[${total.at}].W7601`, `${total.segment['W7601']}, but the lines come to ${asked}`);
  const notes = headerOf('NTE').flatMap(({ segment }) => segment['NTE02'] ?? []);
  return parseWith(fulfillmentOrderSchema, {
    id: number,
    ref: { connection, type: '940', id: number },
    number,
    order: { connection, type: 'depositor-order', id: number },
    location: locationOf(connection, inRoleOf(parties, 'warehouse').identifiers?.[0]?.value),
    method: 'ship',
    status: oneOf(statuses, required(w05.segment, 'W0501', w05.at), `[${w05.at}].W0501`),
    fulfilledBy: 'third-party',
    shipTo: inRoleOf(parties, 'ship-to'),
    otherParties: parties.filter(({ role }) => role !== 'ship-to'),
    ...(w66.segment === undefined
      ? {}
      : {
          carrier: {
            code: w66.segment['W6610'] ?? null,
            service: w66.segment['W6602'] ?? null,
            routing: w66.segment['W6605'] ?? null,
          },
        }),
    references: [
      ...(w05.segment?.['W0503'] === undefined ? [] : [{ scheme: 'po-number', value: w05.segment['W0503'] }]),
      ...headerOf('N9').map(({ segment, at }) => ({
        scheme: `x12-${required(segment, 'N901', at).toLowerCase()}`,
        value: required(segment, 'N902', at),
      })),
    ],
    ...(notes.length === 0 ? {} : { note: notes.join('\n') }),
    windows: headerOf('G62').flatMap(
      ({ segment, at }) =>
        windows[segment['G6201'] ?? '']?.(dateOf(required(segment, 'G6202', at), `[${at}].G6202`)) ?? [],
    ),
    lines: items.map((loop, index) => lineOf(loop, segments, index)),
    holds: [],
    fulfillAt: null,
    fulfillBy: null,
    extensions: {
      x12: {
        ...Object.fromEntries(
          Object.entries(w05.segment ?? {}).filter(([name]) => !['W0501', 'W0502', 'W0503'].includes(name)),
        ),
        segments: [
          ...kept(header, ['NTE', 'G62', 'W66']),
          ...segments.filter((segment) => idOf(segment) === 'W76'),
        ],
        lines: items.map(({ head, rest }) => [
          Object.fromEntries(Object.entries(head).filter(([name]) => Number(name.slice(3)) > 9)),
          ...kept(rest, ['N9', 'W20', 'QTY', 'AMT', 'G66']),
        ]),
      },
    },
  });
}

const locationOf = (connection: string, id: string | undefined) =>
  id === undefined ? null : { connection, type: 'warehouse', id };

function lineOf({ head, at, rest }: Loop, segments: readonly Segment[], index: number) {
  const identifiers = [
    ...(head['W0103'] === undefined ? [] : [{ scheme: 'case-code', value: head['W0103'] }]),
    ...idsOf(head, 'W01', 4, 9),
  ];
  const quantity: Decimal = numberOf(head, 'W0101', at);
  const lx = segments[at - 1];
  const id = lx?.['LX01'] ?? String(index + 1);
  const title = rest.map(({ segment }) => segment['G6901']).find((text) => text !== undefined);
  const lots = rest
    .filter(({ segment }) => segment['N901'] === 'LT')
    .map(({ segment, at: place }) => ({
      number: required(segment, 'N902', place),
      quantity: null,
      expiresOn: null,
    }));
  const sku = skuOf(identifiers);
  return {
    id,
    lineId: id,
    quantity,
    remaining: quantity,
    ...(sku === null ? {} : { sku }),
    ...(title === undefined ? {} : { title }),
    identifiers,
    unit: oneOf(units, required(head, 'W0102', at), `[${at}].W0102`),
    ...(lots.length === 0 ? {} : { lots }),
  };
}
