import type { CommandPayload } from '#canonical/command.ts';
import type { CommandResult } from '../process.ts';
import { type Absorbed, applied } from './absorbed.ts';
import { contentHash } from './content-hash.ts';
import { invoicesOf } from './invoices.ts';
import { factHashes } from './observations.ts';
import { paymentSummary } from './payment-summary.ts';
import { ask, idle, type Planned, slots } from './planned.ts';
import type { OrderRules } from './rules.ts';
import { countedShipments } from './shipments.ts';
import type { OrderState } from './state.ts';
import type { OrderView } from './view.ts';

/**
 * Keeps the CRM's order current: at capture, and after every change that it shows. The same content is not asked for twice,
 * and a newer one replaces an older one that is still waiting.
 */
export function planCrm(state: OrderState, view: OrderView, rules: OrderRules): Planned {
  if (rules.crm === null || (view.order.test && rules.testOrders === 'reject')) return idle(state);
  const asked = shownHash(state, view);
  if (asked === state.crm.asked) return idle(state);
  const payload = crmPayload(state, view);
  return ask(
    { ...state, crm: { ...state.crm, asked } },
    { name: 'crm.order.upsert', connection: rules.crm, slot: slots.crmOrder, payload },
  );
}

/** A fingerprint of all that the payload is made from; of the parts, those that were computed when they arrived. */
function shownHash(state: OrderState, view: OrderView): string {
  const { order, status, cancelled, book } = view;
  return contentHash([
    state.hashes.order,
    status,
    order.payment.state,
    cancelled?.reason ?? null,
    state.erp.ref,
    state.erp.number,
    order.lines.map(({ quantities, promisedAt }) => [quantities, promisedAt]),
    factHashes(state.transactions),
    factHashes(state.fulfillmentOrders),
    factHashes(state.shipments),
    [...book.echoes.values()],
    invoicesOf(state).map(({ ref, number, status: invoiceStatus }) => [ref, number, invoiceStatus]),
    paymentSummary(state, view),
  ]);
}

function crmPayload(state: OrderState, view: OrderView): CommandPayload<'crm.order.upsert'> {
  const { ref, number } = state.erp;
  const payment = paymentSummary(state, view);
  return {
    ...(payment !== null && { payment }),
    order: view.order,
    status: view.status,
    erp: ref === null ? null : { ref, number },
    shipments: countedShipments(view.book).map(([key, shipment]) => view.placed.byKey.get(key) ?? shipment),
    invoices: invoicesOf(state).map((invoice) => ({
      ref: invoice.ref,
      number: invoice.number,
      status: invoice.status,
    })),
  };
}

/** Takes what became of an update of the CRM. Which of several it was does not matter: the newest one follows. */
export function absorbCrmResult(state: OrderState, result: CommandResult, rules: OrderRules): Absorbed {
  const { crm } = state;
  switch (result.kind) {
    case 'done':
      return applied(withoutTrouble(state), {
        links: result.refs.filter(({ connection }) => connection === rules.crm).slice(0, 1),
      });
    case 'stale':
      return applied({ ...state, crm: { asked: null, trouble: null } });
    case 'rejected':
      return applied({
        ...state,
        crm: { ...crm, trouble: { kind: 'rejected', code: result.code, detail: result.detail } },
      });
    case 'parked':
      return applied({
        ...state,
        crm: { ...crm, trouble: { kind: 'parked', code: result.cause, detail: result.detail } },
      });
    case 'withdrawn':
      // We take none back ourselves, so an operator did: the CRM shows an older state until the next change is told.
      return applied({
        ...state,
        crm: {
          ...crm,
          trouble: { kind: 'withdrawn', code: 'withdrawn', detail: 'taken back by an operator' },
        },
      });
  }
}

const withoutTrouble = (state: OrderState): OrderState =>
  state.crm.trouble === null ? state : { ...state, crm: { ...state.crm, trouble: null } };
