import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { mapped } from '#connector-sdk/mapping.ts';
import { losses } from '../loss-check.ts';
import { paper } from '../reading.ts';
import { map940 } from './map-940.ts';
import { map945 } from './map-945.ts';
import { type Segment, segmentsOf } from './segments.ts';

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const envelope = {
  '[].ISA*': 'the envelope: intake keeps it with the delivery',
  '[].GS*': 'the envelope: intake keeps it with the delivery',
  '[].GE*': 'the envelope: intake keeps it with the delivery',
  '[].IEA*': 'the envelope: intake keeps it with the delivery',
  '[].ST02': 'the envelope: intake keeps it with the delivery',
  '[].SE02': 'the envelope: intake keeps it with the delivery',
};
const codes = {
  '[].ST01': 'which mapping is taken',
  '[].SE01': 'a control total: a document that does not fit it is refused',
  '[].N101': 'a role',
  '[].N103': 'the scheme of the number',
  '[].N901': 'the scheme of the reference, or that it is a lot',
  '[].G6202': 'as a date',
};

describe('940, the order to a warehouse', () => {
  const text = read('fixtures/shipping-order.940.edi');
  const order = map940(segmentsOf(text), paper);

  test('is a fulfilment order at a third party, with goods, lots, carrier and address, without prices', () => {
    expect(order.fulfilledBy).toBe('third-party');
    expect(order.location).toEqual({ connection: 'paper', type: 'warehouse', id: '0099887766001' });
    expect(
      order.lines.map(({ sku, quantity, unit, lots }) => [sku, quantity, unit, lots?.[0]?.number]),
    ).toEqual([
      ['CUP-WHT', '3', 'EA', 'LOT-77A'],
      ['TRAY-12', '2', 'XCS', undefined],
    ]);
    expect(order.shipTo?.address?.city).toBe('Portland');
    expect(order.carrier).toEqual({ code: 'FDEG', service: 'M', routing: 'GROUND ECONOMY' });
    expect(order.windows?.map(({ kind, notAfter }) => [kind, notAfter])).toEqual([
      ['ship', '2026-11-25'],
      ['ship', '2026-11-26'],
    ]);
  });

  test('that asks for more than its lines say is refused', () => {
    expect(mapped(() => map940(segmentsOf(text.replace('W76*5', 'W76*6')), paper))).toMatchObject({
      ok: false,
      problems: [{ path: '[21].W7601' }],
    });
  });

  test('loses nothing', async () => {
    const lost = losses(segmentsOf(text), (body) => map940(body as unknown as readonly Segment[], paper), {
      transformed: {
        ...codes,
        '[].W0501': 'the status',
        '[].W0102': 'the unit as UN/CEFACT Rec 20',
        '[].W0104': 'the scheme of the number',
        '[].W0106': 'the scheme of the number',
      },
      excluded: envelope,
    });
    expect(lost).toEqual([]);
    await expect(`${JSON.stringify(order, null, 2)}\n`).toMatchFileSnapshot(
      'fixtures/shipping-order.940.canonical.json',
    );
  });
});

describe('945, the answer of the warehouse', () => {
  const text = read('fixtures/shipping-advice.945.edi');
  const shipment = map945(segmentsOf(text), paper);

  test('is a shipment of the order that was asked for', () => {
    expect([shipment.order?.id, shipment.number, shipment.status, shipment.shippedAt]).toEqual([
      '1001-A',
      'SH-55012',
      'shipped',
      '2026-11-25T00:00:00.000Z',
    ]);
  });

  test('says what is short, and in which carton the rest lies', () => {
    expect(
      shipment.lines.map(({ sku, ordered, quantity, shortReason }) => [sku, ordered, quantity, shortReason]),
    ).toEqual([
      ['CUP-WHT', '3', '3', undefined],
      ['TRAY-12', '2', '1', 'CP'],
    ]);
    expect(
      shipment.packages.map(({ sscc, trackingNumber, contents }) => [sscc, trackingNumber, contents]),
    ).toEqual([
      ['00106141419999960018', null, [{ line: 0, quantity: '3' }]],
      ['00106141419999960025', '794600011122', [{ line: 1, quantity: '1' }]],
    ]);
  });

  test('whose quantities do not add up is refused', () => {
    expect(
      mapped(() => map945(segmentsOf(text.replace('W12*CP*2*1*1', 'W12*CP*2*1*2')), paper)),
    ).toMatchObject({ ok: false, problems: [{ path: '[19].W1204' }] });
    expect(mapped(() => map945(segmentsOf(text.replace('W03*4', 'W03*5')), paper))).toMatchObject({
      ok: false,
      problems: [{ path: '[21].W0301' }],
    });
  });

  test('loses nothing', async () => {
    const lost = losses(segmentsOf(text), (body) => map945(body as unknown as readonly Segment[], paper), {
      transformed: {
        ...codes,
        '[].MAN01': 'whether the number is an SSCC or a tracking number',
        '[].W1204': 'ordered less shipped: a difference that does not fit is refused',
        '[].W1205': 'the unit as UN/CEFACT Rec 20',
        '[].W1207': 'the scheme of the number',
      },
      excluded: { ...envelope, '[].LX01': 'the number of the carton; its SSCC names it' },
    });
    expect(lost).toEqual([]);
    await expect(`${JSON.stringify(shipment, null, 2)}\n`).toMatchFileSnapshot(
      'fixtures/shipping-advice.945.canonical.json',
    );
  });
});
