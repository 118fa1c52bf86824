import { describe, expect, test } from 'vitest';
import { checkRun } from './check-run.ts';
import type { Findings } from './findings.ts';
import { PlantedRun } from './testing/planted-run.ts';

/** What a run is judged to be after something was planted in its evidence. */
async function findings(plant: (run: PlantedRun) => void = () => undefined): Promise<Findings> {
  const run = new PlantedRun();
  plant(run);
  return run.look(checkRun);
}

/** The broken promises, as `invariant kind entity`. */
const broken = ({ invariants }: Findings): readonly string[] =>
  Object.values(invariants).flatMap(({ violations }) =>
    violations.map(({ invariant, kind, entity }) => `${invariant} ${kind} ${entity}`),
  );
const found = async (plant: (run: PlantedRun) => void): Promise<readonly string[]> =>
  broken(await findings(plant));

test('a clean run is clean, valid, and every invariant has looked at something', async () => {
  const clean = await findings();
  expect(broken(clean)).toEqual([]);
  expect(clean).toMatchObject({
    seed: 7,
    accepted: 2,
    lost: 0,
    duplicated: 0,
    unexplained: 0,
    outOfOrder: 0,
    missing: [],
    valid: true,
    fates: { delivered: 2, amiss: 0 },
  });
  for (const [name, { checked }] of Object.entries(clean.invariants))
    expect(checked, name).toBeGreaterThan(0);
  expect(clean.totals).toEqual([
    {
      retailer: 'harbour',
      currency: 'GBP',
      orders: 1,
      shopMinor: '2000',
      erpMinor: '2000',
      crmMinor: '2000',
    },
    { retailer: 'north', currency: 'USD', orders: 1, shopMinor: '1000', erpMinor: '1000', crmMinor: '1000' },
  ]);
});

test('a violation tells the whole history of its record, over all systems, oldest first', async () => {
  const { invariants } = await findings(({ north }) => north.record('101'));
  const [violation] = invariants['I1']?.violations ?? [];
  const history = violation?.history ?? [];
  for (const part of ['shop #', 'erp #', 'crm #', 'delivery genuine', 'product message'])
    expect(
      history.some((line) => line.includes(part)),
      part,
    ).toBe(true);
  expect(history).toEqual([...history].sort());
});

describe('I1: each order exactly once', () => {
  test('an order that the ERP never got is lost', async () => {
    const lost = await findings(({ north }) => {
      north.place({ id: '102' });
      north.record('102');
    });
    expect(broken(lost)).toEqual(['I1 lost-in-erp order:shop-us:102']);
    expect(lost).toMatchObject({ lost: 1, unexplained: 1, fates: { amiss: 1 } });
  });

  test('an order that the CRM never got is lost, as is a sale that was never processed', async () => {
    expect(
      await found(({ north }) => {
        north.place({ id: '102' });
        north.sale('102');
        north.place({ id: '103' });
        north.record('103');
        north.effect('erp', 'sale.created', north.key('103'), { sale: 50, total: { decimal: '10.00' } });
      }),
    ).toEqual(['I1 lost-in-crm order:shop-us:102', 'I1 lost-in-erp order:shop-us:103']);
  });

  test('an open reason that is about that system excuses what is missing, and only there', async () => {
    const planted = (name: string) =>
      found(({ north }) => {
        north.place({ id: '102' });
        north.park({ kind: 'command', entity: north.key('102'), name, key: '1' });
        if (name !== 'crm.order.upsert') north.record('102');
      });
    expect(await planted('erp.order.create')).toEqual([]);
    expect(await planted('crm.order.upsert')).toEqual(['I1 lost-in-erp order:shop-us:102']);
    expect(
      await found(({ north }) => {
        north.place({ id: '102' });
        north.record('102');
        north.park({ entity: north.key('102'), cause: 'missing-in-erp' });
      }),
      'an alarm is no reason',
    ).toEqual(['I1 lost-in-erp order:shop-us:102']);
  });

  test('two sales, two records, or a shipment told twice are duplicates, whatever stands still', async () => {
    const doubled = await findings(({ north }) => {
      north.sale('101');
      north.record('101');
      north.fulfil('101', 'T101');
      north.park({ entity: north.key('101') });
    });
    expect(new Set(broken(doubled).filter((each) => each.startsWith('I1')))).toEqual(
      new Set([
        'I1 duplicate-in-erp order:shop-us:101',
        'I1 duplicate-in-crm order:shop-us:101',
        'I1 duplicate-fulfilment order:shop-us:101',
      ]),
    );
    expect(doubled.duplicated).toBe(3);
  });

  test('a shipment that the shop was not told of is lost; a fulfilment without a shipment is from nowhere', async () => {
    expect(
      await found(({ north }) => {
        north.ship('101', 1, 'T7');
        north.fulfil('101', 'T8');
      }),
    ).toEqual(['I1 fulfilment-from-nowhere order:shop-us:101', 'I1 lost-fulfilment order:shop-us:101']);
  });

  test('an order that was cancelled or is not paid belongs in no ERP, a test order nowhere', async () => {
    expect(
      await found(({ north }) => {
        north.place({ id: '102' });
        north.step('order.cancelled', '102', { total: '0.00', cancelled: true });
        north.record('102');
        north.show('102', { status: 'cancelled', total: '0.00', cancelled: true });
        north.step('order.placed', '103', { total: '5.00', financial: 'PENDING' }, { terms: false });
        north.record('103', '5.00');
        north.place({ id: '104', isTest: true });
      }),
    ).toEqual([]);
    expect(
      await found(({ north }) => {
        north.place({ id: '104', isTest: true });
        north.sale('104');
      }),
    ).toEqual(['I1 test-order-got-through order:shop-us:104']);
  });

  test('an order that no shop ever had is from nowhere', async () =>
    expect(await found(({ north }) => void north.sale('666'))).toEqual([
      'I1 from-nowhere order:shop-us:666',
    ]));
});

describe('I2: totals', () => {
  test.each([
    ['10.01', 'USD', 'I2 wrong-total-in-erp order:shop-us:102'],
    ['10.00', 'EUR', 'I2 wrong-total-in-erp order:shop-us:102'],
  ])('%s %s in the ERP for 10.00 USD is found', async (total, currency, expected) =>
    expect(
      await found(({ north }) => {
        north.place({ id: '102' });
        north.sale('102', total, currency);
        north.record('102');
        north.show('102', {});
      }),
    ).toEqual([expected]),
  );

  test('a minor unit is what the currency has: 0, 2 or 3 decimals', async () => {
    const inDinars = (ofErp: string) =>
      found(({ north }) => {
        north.place({ id: '102', total: '1.234', currency: 'KWD' });
        north.sale('102', ofErp, 'KWD');
        north.record('102', '1.234', 'KWD');
        north.show('102', { total: '1.234', currency: 'KWD' });
        north.place({ id: '103', total: '150', currency: 'JPY' });
        north.sale('103', '150', 'JPY');
        north.record('103', '150', 'JPY');
        north.show('103', { total: '150', currency: 'JPY' });
      });
    expect(await inDinars('1.234')).toEqual([]);
    expect(await inDinars('1.23')).toEqual(['I2 wrong-total-in-erp order:shop-us:102']);
  });

  test('a wrong total in the CRM is found, an edit that an exception names is not', async () => {
    expect(
      await found(({ north }) => {
        north.place({ id: '102' });
        north.sale('102');
        north.record('102', '9.99');
        north.show('102', {});
      }),
    ).toEqual(['I2 wrong-total-in-crm order:shop-us:102']);
    expect(
      await found(({ north }) => {
        north.place({ id: '102' });
        north.sale('102');
        north.step('order.edited', '102', { total: '8.00' });
        north.record('102', '8.00');
        north.park({ entity: north.key('102'), cause: 'edited-after-release', key: 'edited' });
      }),
    ).toEqual([]);
  });
});

describe('I4: status', () => {
  test('a status that goes back in the CRM is found, unless the shop took something back', async () => {
    expect(await found(({ north }) => north.show('101', { status: 'released' }))).toContain(
      'I4 went-back-in-crm order:shop-us:101',
    );
    expect(
      await found(({ north }) => {
        north.step('order.edited', '101', { total: '10.00' });
        north.show('101', { status: 'partially-shipped' });
      }),
    ).toEqual([]);
  });

  test('a cancelled order does not come to life again', async () =>
    expect(
      await found(({ north }) => {
        north.place({ id: '102' });
        north.record('102');
        north.step('order.cancelled', '102', { total: '0.00', cancelled: true });
        north.show('102', { status: 'cancelled', total: '0.00', cancelled: true });
        north.show('102', { status: 'captured', total: '0.00', cancelled: true });
      }),
    ).toEqual(['I4 went-back-in-crm order:shop-us:102', 'I4 left-behind-in-crm order:shop-us:102']));

  test('a cancelled order that stands open in the ERP is found, unless something says why', async () => {
    const open = (isParked: boolean) =>
      found(({ north }) => {
        north.place({ id: '102' });
        north.sale('102');
        north.record('102');
        north.step('order.cancelled', '102', { total: '0.00', cancelled: true });
        north.show('102', { status: 'cancelled', total: '0.00', cancelled: true });
        if (isParked) north.park({ entity: north.key('102'), cause: 'too-late-to-cancel' });
      });
    expect(await open(false)).toEqual(['I4 cancelled-left-open order:shop-us:102']);
    expect(await open(true)).toEqual([]);
  });

  test('a sale before the payment, goods of a sale that is gone, and news of goods before they left are found', async () =>
    expect(
      await found(({ north }) => {
        north.step('order.placed', '102', { total: '10.00', financial: 'PENDING' }, { terms: false });
        north.sale('102');
        north.record('102');
        north.step('order.paid', '102', { total: '10.00' });
        north.show('102', {});
        const sale = north.sale('103');
        north.place({ id: '103' });
        north.record('103');
        north.effect('erp', 'sale.cancelled', north.key('103'), { sale });
        north.fulfil('103', 'T103');
        north.ship('103', sale, 'T103');
        north.show('103', { status: 'shipped' });
      }),
    ).toEqual([
      'I1 lost-in-erp order:shop-us:103',
      'I4 released-unpaid order:shop-us:102',
      'I4 illegal-step-in-erp order:shop-us:103',
      'I4 released-unpaid order:shop-us:103',
      'I4 told-too-early order:shop-us:103',
    ]));
});

describe('I5: every message ends in one way', () => {
  test('a tally that does not add up, or that its list contradicts, is found', async () => {
    expect(await found(({ north }) => void (north.account = { applied: 0 }))).toEqual([
      'I5 does-not-add-up account',
      'I5 list-differs account',
    ]);
    expect(await found(({ north }) => void north.messages.pop())).toContain(
      'I12 acknowledged-and-gone order:shop-us:101',
    );
  });

  test('a fate without a reason, a message that never ended, and one parked out of sight are found', async () =>
    expect(
      await found(({ north }) => {
        north.deliver({ subject: '101' }, { fate: 'rejected', reason: ' ' });
        north.deliver({ subject: '101' }, { fate: 'in-flight', by: null });
        north.deliver({ subject: '101' }, { fate: 'parked', reason: 'unmappable: x' });
      }),
    ).toEqual([
      'I5 without-reason order:shop-us:101',
      'I5 never-ended order:shop-us:101',
      'I5 parked-out-of-sight order:shop-us:101',
    ]));

  test('a parked message that stands among what is parked, and one superseded by something, are accounted for', async () =>
    expect(
      await found(({ north }) => {
        north.deliver({ subject: '101' }, { fate: 'parked', reason: 'unmappable: x' });
        north.park({ kind: 'message', key: '2' });
        north.deliver({ subject: '101' }, { fate: 'superseded', reason: 'newer snapshot' });
      }),
    ).toEqual([]));

  test('a message that nobody sent, and one that is there twice, are found', async () =>
    expect(
      await found(({ north }) => {
        north.messages.push({ ...north.messages[0]!, messageId: 70, sourceEventId: 'nobody' });
        north.messages.push({ ...north.messages[0]!, messageId: 71 });
      }),
    ).toEqual(['I5 received-twice order:shop-us:101', 'I5 never-sent order:shop-us:101']));
});

describe('I9: order per key', () => {
  test('an older total, payment or cancellation after a newer one is found', async () => {
    const shown = (first: object, second: object) =>
      found(({ north }) => {
        north.step('order.placed', '102', { total: '10.00', financial: 'AUTHORIZED' }, { terms: false });
        north.show('102', { status: 'captured', payment: 'authorized' }, 'order.created');
        north.step('order.edited', '102', { total: '8.00', financial: 'AUTHORIZED' });
        north.step('order.paid', '102', { total: '8.00' });
        north.show('102', first);
        north.show('102', second);
        north.park({ entity: north.key('102'), kind: 'message' });
      });
    const newest = { total: '8.00', payment: 'paid' };
    expect(await shown({ total: '8.00', payment: 'authorized' }, newest)).toEqual([]);
    expect(await shown(newest, { ...newest, total: '10.00' })).toEqual([
      'I9 older-after-newer order:shop-us:102',
    ]);
    const late = await shown(newest, { ...newest, payment: 'authorized' });
    expect(late).toEqual(['I9 older-after-newer order:shop-us:102']);
  });

  test('a total that came a second time is no step back', async () =>
    expect(
      await found(({ north }) => {
        north.place({ id: '102' });
        north.step('order.edited', '102', { total: '8.00' });
        north.step('order.edited', '102', { total: '10.00' });
        north.sale('102');
        north.record('102');
        north.show('102', { total: '8.00' });
        north.show('102', { total: '10.00' });
      }),
    ).toEqual([]));

  test('a later sale with an older form of the order is found', async () =>
    expect(
      await found(({ north }) => {
        north.place({ id: '102' });
        north.step('order.edited', '102', { total: '8.00' });
        const first = north.sale('102', '8.00');
        north.effect('erp', 'sale.cancelled', north.key('102'), { sale: first });
        north.sale('102', '10.00');
        north.record('102', '8.00');
        north.park({ entity: north.key('102'), cause: 'edited-after-release' });
      }),
    ).toEqual(['I9 older-after-newer order:shop-us:102']));
});

describe('I10: retailers are kept apart', () => {
  test('an order of one retailer in another one’s ERP or CRM is found, under whichever name', async () => {
    expect(
      await found(({ north, harbour }) => {
        north.effect('erp', 'sale.created', harbour.key('901'), { sale: 77, total: { decimal: '20.00' } });
      }),
    ).toEqual(['I10 crossed-over order:shop-uk:901']);
    expect(
      await found(({ north }) => {
        north.effect('crm', 'order.created', north.key('901'), { id: 'x', currency: 'GBP' });
      }),
    ).toEqual(['I10 crossed-over order:shop-us:901']);
  });

  test('a customer, a shipment or a message of another retailer is found', async () =>
    expect(
      await found(({ north, harbour }) => {
        north.effect('crm', 'account.created', 'customer:shop-uk:5', { id: 'y' });
        north.park({ entity: north.key('101') });
        north.fulfil('101', 'T901');
        north.messages.push({ ...harbour.messages[0]!, messageId: 80 });
      }),
    ).toEqual(
      expect.arrayContaining([
        'I10 crossed-over customer:shop-uk:5',
        'I10 crossed-over order:shop-us:101',
        'I10 crossed-over order:shop-uk:901',
      ]),
    ));
});

describe('I12: acknowledged is durable', () => {
  test('a delivery that was acknowledged and is not known is found; one that got no answer may be unknown', async () => {
    expect(await found(({ north }) => north.deliver({ subject: '101' }, null))).toEqual([
      'I12 acknowledged-and-gone order:shop-us:101',
    ]);
    expect(
      await found(({ north }) => {
        north.deliver({ subject: '101', status: null, error: 'reset' }, null);
        north.deliver({ subject: '101', status: 503 }, null);
        // The same news, acknowledged twice, is one message.
        north.deliver({ ...north.deliveries[0]!, kind: 'duplicate' }, null);
      }),
    ).toEqual([]);
  });

  test('a forged delivery that was acknowledged or stored is found, a refused one is not', async () => {
    expect(
      await found(({ north }) => {
        north.deliver({ kind: 'forged', subject: '666', status: 200 });
        north.deliver({ kind: 'forged', subject: '667', status: 401 }, null);
      }),
    ).toEqual(['I12 forged-acknowledged order:shop-us:666', 'I12 forged-stored order:shop-us:666']);
  });

  test('a malformed delivery may be parked or rejected, never applied', async () => {
    const malformed = (fate: 'applied' | 'rejected') =>
      found(({ north }) => {
        north.deliver({ kind: 'malformed', subject: '101' }, { fate, reason: 'unreadable' });
      });
    expect(await malformed('rejected')).toEqual([]);
    expect(await malformed('applied')).toEqual(['I12 malformed-applied order:shop-us:101']);
  });
});

test('what never comes to rest, or is owned again late, is found', async () => {
  const resting = (inFlightZeroAfterMs: number | null, lanesOwnedAgainAfterMs: number | null) =>
    found((run) => {
      const recoveries = [{ worker: 'worker-1', killedAt: '2026-01-05T08:00:00Z', lanesOwnedAgainAfterMs }];
      run.liveness = { inFlightZeroAfterMs, recoveries };
    });
  expect(await resting(119_000, 9_000)).toEqual([]);
  expect(await resting(121_000, 11_000)).toEqual([
    'liveness late-at-rest run',
    'liveness lanes-left-alone worker-1',
  ]);
  expect(await resting(null, null)).toEqual([
    'liveness never-at-rest run',
    'liveness lanes-left-alone worker-1',
  ]);
});

test('evidence that is not there makes a run invalid, and is named', async () => {
  const blind = await findings((run) => {
    run.without = ['product/messages-north.json', 'history/liveness.json'];
  });
  expect(blind.valid).toBe(false);
  expect(blind.missing).toEqual(['product/messages-north.json', 'history/liveness.json']);
});
