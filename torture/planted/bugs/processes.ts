import type { PlantedBug } from '../planted-bug.ts';

const process = 'src/processes/order-to-cash';

/** What the process of an order could get wrong. The simulation runs this very process. */
export const processBugs: readonly PlantedBug[] = [
  {
    name: 'last-arrival-wins',
    thought: 'what arrives last is the newest',
    edits: [
      {
        at: { file: `${process}/snapshots.ts` },
        find: 'if (known === undefined || at > known.at) {',
        replace: 'if (known === undefined || at !== known.at) {',
      },
    ],
    caught: {
      kind: 'sim',
      invariants: ['the order is what its source shows', 'a status goes on, never back'],
      seeds: 50,
    },
  },
  {
    name: 'cancel-lost-behind-create',
    thought: 'an ERP order that was being taken back is cancelled, also when the ERP was faster',
    edits: [
      {
        at: { file: `${process}/release.ts` },
        find: "? 'created' : erp.phase;",
        replace: "? (erp.withdrawing ? 'cancelled' : 'created') : erp.phase;",
      },
    ],
    caught: {
      kind: 'sim',
      invariants: ['a cancelled order is cancelled in the ERP, or an exception says why not'],
      seeds: 300,
    },
  },
  {
    name: 'cancel-lost-once-shown',
    thought: "an order that the ERP shows is in the warehouse's hands: too late to cancel it",
    edits: [
      {
        at: { file: `${process}/cancellation.ts` },
        find: "erp.phase === 'created' && !isCancelledInErp(state);",
        replace: "erp.phase === 'created' && state.erpOrder === null;",
      },
    ],
    caught: {
      kind: 'sim',
      invariants: ['a cancelled order is cancelled in the ERP, or an exception says why not'],
      seeds: 50,
    },
  },
  {
    name: 'crm-misses-invoices',
    thought: 'invoices are a matter of the ERP; they are no reason to write to the CRM',
    edits: [
      {
        at: { file: `${process}/crm.ts` },
        find: '    invoicesOf(state).map(({ ref, number, status: invoiceStatus }) => [ref, number, invoiceStatus]),\n',
        replace: '',
      },
    ],
    caught: { kind: 'sim', invariants: ['the CRM shows where the process stands'], seeds: 50 },
  },
  {
    name: 'stock-of-the-cancelled-kept',
    thought: 'goods come back when the warehouse says so, not when the buyer changes his mind',
    edits: [
      {
        at: { file: `${process}/reservations.ts` },
        find: 'const isOver = view.cancelled !== null && !mayStillLeave;',
        replace: 'const isOver = view.cancelled !== null && !mayStillLeave && !isInErp(state);',
      },
    ],
    caught: { kind: 'sim', invariants: ['reservations equal what has not been shipped'], seeds: 50 },
  },
  {
    name: 'deadline-never-fires',
    thought: 'when the deadline comes its time is over, so there is nothing left to wait for',
    edits: [
      {
        at: { file: `${process}/erp-census.ts` },
        find: 'dueAt === null || isMissing || dueAt > at',
        replace: 'dueAt === null || isMissing || dueAt <= at',
      },
    ],
    caught: {
      kind: 'sim',
      invariants: ['a deadline that is awaited is set', 'nothing is overdue before its time'],
      seeds: 50,
    },
  },
];
