import { allAccounted } from './all-accounted.ts';
import { comesToRest } from './comes-to-rest.ts';
import { durable } from './durable.ts';
import { exactlyOnce } from './exactly-once.ts';
import { forwardOnly } from './forward-only.ts';
import { inOrder } from './in-order.ts';
import type { Invariant } from './invariant.ts';
import { ownTenant } from './own-tenant.ts';
import { sameTotals } from './same-totals.ts';

/** Everything that a run is held against. A capability that brings a promise of its own adds it here. */
export const invariants: readonly Invariant[] = [
  exactlyOnce,
  sameTotals,
  forwardOnly,
  allAccounted,
  inOrder,
  ownTenant,
  durable,
  comesToRest,
];

/** What QUALITY asks for and no capability gives yet, so that nobody takes silence for proof. */
export const notChecked: readonly string[] = [
  'I2 beyond totals: what was captured and refunded is not posted to an ERP yet.',
  'I3 and oversell attempts: stock is not told to channels yet, so nothing can be oversold here.',
  'I6 clearing ledger, I7 ownership, I8 returns, I11 audit chain: not built yet.',
  'F13 (mapping release, cut-over) and F14 (restore, failover): not in this torture yet.',
];
