import type { OrderStatus } from '#canonical/command.ts';
import type { LivesWorld } from './lives-world.ts';

/** What two systems say of one matter, where they should say the same. */
export type Disagreement = { readonly matter: string; readonly is: unknown; readonly shouldBe: unknown };

type LineTruth = {
  readonly id: string;
  readonly live: number;
  readonly shipped: number;
  readonly excess: number;
};

/** Goods that left count, whatever an edit or a cancellation says; beyond what was ever ordered they are an excess. */
function linesOf({ shop, erp }: LivesWorld, isOver: boolean): readonly LineTruth[] {
  return shop.lines.map(({ id, ordered, current }) => {
    const whole = Math.max(ordered, current);
    const left = erp.shipped(id);
    const shipped = Math.min(left, whole);
    return { id, live: Math.max(shipped, isOver ? 0 : current), shipped, excess: left - shipped };
  });
}

/** Deleting the record of an order that has all left calls nothing off. */
function isOver(world: LivesWorld): boolean {
  const { shop } = world;
  if (!shop.isDeleted || shop.isCancelled) return shop.isCancelled;
  const wanted = linesOf(world, false).filter(({ live }) => live > 0);
  return wanted.length === 0 || wanted.some(({ live, shipped }) => live > shipped);
}

/** Where the order stands, told from what is true alone. */
function statusOf(world: LivesWorld, lines: readonly LineTruth[]): OrderStatus {
  const { shop, erp } = world;
  const over = isOver(world);
  const hasShipped = lines.some(({ shipped }) => shipped > 0);
  if (over && !hasShipped) return 'cancelled';
  const isAll = hasShipped && lines.every(({ live, shipped }) => live === shipped);
  const isEmpty = lines.every(({ live }) => live === 0);
  const isDelivered = isAll || (isEmpty && !over && erp.lines !== null);
  const expectedMinor = Math.min(shop.totalMinor, erp.lines === null ? Infinity : erp.totalMinor);
  const isInvoiced = erp.invoices > 0 && erp.invoicedMinor >= expectedMinor;
  if (isDelivered && isInvoiced) return shop.isPaid ? 'closed' : 'invoiced';
  if (isAll) return 'shipped';
  if (hasShipped) return 'partially-shipped';
  if (shop.isOnHold || erp.isCancelled) return 'on-hold';
  return erp.lines === null ? 'captured' : 'released';
}

/** How the systems differ from each other once all is quiet, without an exception that says so. Empty: all agree. */
export function disagreements(world: LivesWorld): readonly Disagreement[] {
  const { shop, erp, crm, run } = world;
  const over = isOver(world);
  const lines = linesOf(world, over);
  const causes = new Set(run.causes);
  const found: Disagreement[] = [];
  const same = (matter: string, is: unknown, shouldBe: unknown): void => {
    if (JSON.stringify(is) !== JSON.stringify(shouldBe)) found.push({ matter, is, shouldBe });
  };
  same('faults', world.faults, []);
  same('orders in the ERP', erp.made, erp.lines === null ? 0 : 1);

  // The ERP.
  if (!over && shop.isPaid && !shop.isOnHold) same('a live order is in the ERP', erp.isLive, true);
  if (over && !erp.hasShipped) same('a cancelled order is not in the ERP', erp.isLive, false);
  if (over && erp.hasShipped) same('too late to cancel is said', causes.has('too-late-to-cancel'), true);
  const isHeldLate =
    erp.isLive && !over && shop.isOnHold && lines.some(({ live, shipped }) => live > shipped);
  if (!isHeldLate) same('no hold is said to be late', causes.has('held-after-release'), false);
  else if (statusOf(world, lines) !== 'closed')
    same('a late hold is said', causes.has('held-after-release'), true);
  same('edits', ...editsOf(world, lines, causes));

  // The storefront: each shipment once, and where it is.
  same(
    'fulfilments at the storefront',
    [...shop.fulfilments].map(([id, { times, status }]) => `${id} ${times} ${status}`).toSorted(),
    erp.shipments.map(({ id, status }) => `${id} 1 ${status}`).toSorted(),
  );

  // The CRM.
  same('status in the CRM', crm?.status, statusOf(world, lines));
  same(
    'shipments in the CRM',
    crm?.shipments.map(({ ref, status }) => `${ref.id} ${status}`).toSorted(),
    erp.shipments.map(({ id, status }) => `${id} ${status}`).toSorted(),
  );
  same('number in the CRM', crm?.erp?.number ?? null, erp.lines === null ? null : 'SO-42');
  if (!shop.isDeleted)
    same('total in the CRM', crm?.order.totals.grand.presentment, {
      amountMinor: shop.totalMinor,
      currency: shop.money.currency,
      role: 'presentment',
    });
  const gone = (id: string): number => {
    const quantities = crm?.order.lines.find((line) => line.id === id)?.quantities;
    return Number(quantities?.shipped ?? 0) + Number(quantities?.delivered ?? 0);
  };
  for (const { id, shipped } of lines) same(`pieces of ${id} that left, in the CRM`, gone(id), shipped);

  // Stock: what is still to leave is reserved; what waits for a refused cancellation, too.
  if (!(over && erp.isLive)) {
    const reserved = Object.fromEntries(run.reserved.map(({ sku, quantity }) => [sku, Number(quantity)]));
    const wanted = lines.filter(({ live, shipped }) => live > shipped);
    same(
      'reserved',
      reserved,
      Object.fromEntries(wanted.map(({ id, live, shipped }) => [id.replace('line', 'SKU'), live - shipped])),
    );
  }

  // What needs a person, and nothing that does not.
  same(
    'undeliverable is said',
    causes.has('undeliverable'),
    erp.shipments.some(({ status }) => status === 'undeliverable'),
  );
  same(
    'goods beyond the order are said',
    causes.has('shipment-mismatch'),
    lines.some(({ excess }) => excess > 0),
  );
  same(
    'goods that an edit took away, and that left, are said',
    causes.has('shipped-despite-edit'),
    !over &&
      lines.some(({ id, shipped }) => shipped > (shop.lines.find((line) => line.id === id)?.current ?? 0)),
  );
  const known = [
    ...edited,
    'shipped-despite-edit',
    'too-late-to-cancel',
    'held-after-release',
    'undeliverable',
    'shipment-mismatch',
    'deleted-at-source',
  ];
  const others = [...causes].filter(
    (cause) => !known.includes(cause) && cause !== 'invoiced-more-than-ordered',
  );
  same('no other exception', others, []);
  return found;
}

const edited = ['edited-after-release', 'order-edit-not-applied', 'address-changed-too-late'];

/** Whether the ERP's order has the storefront's form; where it has not, an exception says so, and only where the ERP could not take it. */
function editsOf(
  world: LivesWorld,
  lines: readonly LineTruth[],
  causes: ReadonlySet<string>,
): readonly [is: unknown, shouldBe: unknown] {
  const { shop, erp } = world;
  const said = edited.some((cause) => causes.has(cause));
  if (!erp.isLive || erp.lines === null) return [said, false];
  const wanted = lines.filter(({ live }) => live > 0);
  const has = erp.lines;
  const sameLines = wanted.length === has.size && wanted.every(({ id, live }) => has.get(id) === live);
  const isSame = sameLines && erp.street === `${shop.street} Harbour Street`;
  // Of a cancelled order, what is left of it is called off where the ERP can; that goods left is said by the cancellation.
  if (isOver(world)) return [erp.skill === 'nothing' || sameLines || said, true];
  if (isSame && said) return ['an edit is said to be missing', 'the ERP has it'];
  if (isSame) return [true, true];
  const isMore = wanted.some(({ id, live }) => live > (has.get(id) ?? 0));
  const cannot =
    erp.skill === 'nothing' ||
    wanted.length === 0 ||
    (isMore && (shop.isOnHold || !shop.isPaid)) ||
    wanted.some(({ id }) => !has.has(id) && erp.skill !== 'everything') ||
    lines.some(({ live, id }) => live < erp.shipped(id)) ||
    (sameLines && lines.every(({ live, shipped }) => live === shipped));
  return [
    { said, cannot },
    { said: true, cannot: true },
  ];
}
