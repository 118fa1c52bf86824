import { compareDecimals, decimal, type Decimal, subtractDecimals } from '#canonical/decimal.ts';
import { type Shipment, shipmentSchema } from '#canonical/fulfillment.ts';
import { parseWith, unmappable } from '#connector-sdk/mapping.ts';
import { instantOf, oneOf, type Paper, sumOf, units } from '../reading.ts';
import { numberOf } from './numbers.ts';
import { idsOf, inRoleOf, kept, partyOf, skuOf } from './parties.ts';
import { dateOf, idOf, loopsOf, required, type Segment } from './segments.ts';

/** A warehouse shipping advice: what left, against what was asked for, carton by carton. */
export function map945(segments: readonly Segment[], { connection, offset }: Paper): Shipment {
  const first = (id: string) => {
    const at = segments.findIndex((segment) => idOf(segment) === id);
    return { segment: segments[at], at };
  };
  const [st, w06, w27, w03, se] = [first('ST'), first('W06'), first('W27'), first('W03'), first('SE')];
  if (required(st.segment, 'ST01', st.at) !== '945')
    throw unmappable(`[${st.at}].ST01`, 'is no warehouse shipping advice');
  if (Number(required(se.segment, 'SE01', se.at)) !== se.at - st.at + 1)
    throw unmappable(
      `[${se.at}].SE01`,
      `${se.segment?.['SE01']}, but there are ${se.at - st.at + 1} segments`,
    );
  const items = loopsOf(segments, ['W12'], ['G69', 'N9']);
  const end = segments.findIndex((segment) => idOf(segment) === 'LX');
  const header = segments
    .map((segment, at) => ({ segment, at }))
    .slice(0, end === -1 ? segments.length : end);
  const headerOf = (id: string) => header.filter(({ segment }) => idOf(segment) === id);
  const parties = loopsOf(
    header.map(({ segment }) => segment),
    ['N1'],
    ['N2', 'N3', 'N4'],
  ).map(partyOf);
  const number = required(w06.segment, 'W0604', w06.at);
  const order = required(w06.segment, 'W0602', w06.at);
  const lines = items.map(({ head, at, rest }) => {
    const identifiers = [
      ...(head['W1206'] === undefined ? [] : [{ scheme: 'case-code', value: head['W1206'] }]),
      ...idsOf(head, 'W12', 7, 10),
    ];
    const [asked, shipped] = [numberOf(head, 'W1202', at), numberOf(head, 'W1203', at)];
    const missing = head['W1204'] === undefined ? decimal('0') : numberOf(head, 'W1204', at);
    if (compareDecimals(subtractDecimals(asked, shipped), missing) !== 0)
      throw unmappable(`[${at}].W1204`, `${missing}, but ${shipped} of ${asked} left`);
    const lots = rest
      .filter(({ segment }) => segment['N901'] === 'LT')
      .map(({ segment, at: place }) => ({
        number: required(segment, 'N902', place),
        quantity: shipped,
        expiresOn: null,
      }));
    const status = required(head, 'W1201', at);
    return {
      lineId: null,
      sku: skuOf(identifiers),
      quantity: shipped,
      serialNumbers: rest.flatMap(({ segment }) => (segment['N901'] === 'SE' ? [segment['N902'] ?? ''] : [])),
      ordered: asked,
      ...(compareDecimals(missing, decimal('0')) === 0 ? {} : { shortReason: status }),
      identifiers,
      unit: oneOf(units, required(head, 'W1205', at), `[${at}].W1205`),
      ...(lots.length === 0 ? {} : { lots }),
    };
  });
  checkUnits(
    w03.segment,
    w03.at,
    lines.map(({ quantity }) => quantity),
  );
  const references = headerOf('N9').map(({ segment, at }) => ({
    scheme: `x12-${required(segment, 'N901', at).toLowerCase()}`,
    value: required(segment, 'N902', at),
  }));
  const shippedOn = headerOf('G62').find(({ segment }) => segment['G6201'] === '11');
  return parseWith(shipmentSchema, {
    schema: 'shipment/1',
    id: `shipment:${connection}:${number}`,
    ref: { connection, type: '945', id: number },
    number,
    order: { connection, type: 'depositor-order', id: order },
    location:
      inRoleOf(parties, 'warehouse').identifiers?.[0] === undefined
        ? null
        : { connection, type: 'warehouse', id: inRoleOf(parties, 'warehouse').identifiers?.[0]?.value },
    method: 'ship',
    status: 'shipped',
    lines,
    packages: cartons(segments, w27.segment?.['W2702'] ?? null),
    carrier:
      w27.segment === undefined
        ? undefined
        : {
            code: w27.segment['W2702'] ?? null,
            service: w27.segment['W2701'] ?? null,
            routing: w27.segment['W2703'] ?? null,
          },
    shipTo: inRoleOf(parties, 'ship-to'),
    otherParties: parties.filter(({ role }) => role !== 'ship-to'),
    references: [
      ...(w06.segment?.['W0606'] === undefined ? [] : [{ scheme: 'po-number', value: w06.segment['W0606'] }]),
      ...references,
    ],
    shippedAt:
      shippedOn === undefined
        ? null
        : instantOf(
            dateOf(required(shippedOn.segment, 'G6202', shippedOn.at), `[${shippedOn.at}].G6202`),
            offset,
            `[${shippedOn.at}].G6202`,
          ),
    deliveredAt: null,
    extensions: {
      x12: {
        ...Object.fromEntries(
          Object.entries(w06.segment ?? {}).filter(([name]) => !['W0602', 'W0604', 'W0606'].includes(name)),
        ),
        segments: [
          ...kept(header, ['G62', 'W27', 'NTE']),
          ...(w03.segment === undefined ? [] : [w03.segment]),
        ],
        lines: items.map(({ head, rest }) => [
          Object.fromEntries(
            Object.entries(head).filter(([name]) => name === 'W1201' || Number(name.slice(3)) > 10),
          ),
          ...kept(rest, ['N9', 'G69']),
        ]),
      },
    },
  });
}

/** Each LX loop is a carton: its MAN names it, its W12 segments stand in it. */
function cartons(segments: readonly Segment[], carrier: string | null) {
  const found: {
    carrier: string | null;
    trackingNumber: string | null;
    trackingUrl: null;
    weightGrams: null;
    sscc: string | null;
    contents: { line: number; quantity: Decimal }[];
  }[] = [];
  let line = -1;
  segments.forEach((segment, at) => {
    if (idOf(segment) === 'LX')
      found.push({
        carrier,
        trackingNumber: null,
        trackingUrl: null,
        weightGrams: null,
        sscc: null,
        contents: [],
      });
    const carton = found.at(-1);
    if (idOf(segment) === 'MAN' && carton !== undefined) {
      const kind = oneOf(
        { GM: 'sscc', CP: 'trackingNumber' } as const,
        required(segment, 'MAN01', at),
        `[${at}].MAN01`,
      );
      carton[kind] = required(segment, 'MAN02', at);
    }
    if (idOf(segment) === 'W12') {
      line += 1;
      carton?.contents.push({ line, quantity: numberOf(segment, 'W1203', at) });
    }
  });
  return found;
}

function checkUnits(w03: Segment | undefined, at: number, quantities: readonly Decimal[]): void {
  if (w03 !== undefined && compareDecimals(numberOf(w03, 'W0301', at), sumOf(quantities)) !== 0)
    throw unmappable(`[${at}].W0301`, `${w03['W0301']}, but the lines come to ${sumOf(quantities)}`);
}
