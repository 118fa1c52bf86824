import { money } from '#canonical/money.ts';
import type { CommandIntent, CommandResult } from '../process.ts';
import { type Absorbed, applied, superseded } from './absorbed.ts';
import { captureDue, type Due, shippedGoods } from './capture-due.ts';
import { isAskedAbout } from './payment-look-up.ts';
import {
  type Authorization,
  capturableMinor,
  knownCapturedMinor,
  type PaymentBook,
  paymentBook,
} from './payment-book.ts';
import { paymentsOf, withPayments } from './payments-state.ts';
import { idle, type Planned, slots } from './planned.ts';
import type { OrderRules } from './rules.ts';
import type { CaptureState, OrderState, Trouble, VoidState } from './state.ts';
import { isCancelledInErp, type OrderView } from './view.ts';

/**
 * Captures what is due by the retailer's rule, where authorised, through the storefront that authorised it. Each authorisation is captured up to a
 * mark, one command at a time, and never beyond what was authorised; what a cancelled order still holds is given up.
 */
export function planPayments(state: OrderState, view: OrderView, rules: OrderRules): Planned {
  if (rules.payments.capture === 'storefront') return idle(state);
  const book = paymentBook(state, view.order);
  const due = captureDue(state, view, rules);
  const { marks, shortMinor } = marksOf(book, due, state, rules);
  const before = paymentsOf(state);
  const captures: Record<string, CaptureState> = { ...before.captures };
  const voids: Record<string, VoidState> = { ...before.voids };
  const commands: CommandIntent[] = [];
  const withdraw: string[] = [];
  const { ref: order } = view.order;

  for (const authorization of book.authorizations) {
    const { key, ref } = authorization;
    const upToMinor = marks.get(key) ?? 0;
    const step = nextStep(authorization, upToMinor, view, state);
    if (step.capture !== undefined) {
      captures[key] = step.capture;
      if (step.capture.withdrawing) withdraw.push(slots.capture(ref.id));
      else
        commands.push({
          name: 'storefront.payment.capture',
          connection: order.connection,
          slot: slots.capture(ref.id),
          payload: {
            order,
            authorization: ref,
            upTo: money('presentment', book.currency, upToMinor),
            final: due.isLast,
          },
        });
    }
    if (step.void !== undefined) {
      voids[key] = step.void;
      if (step.void.withdrawing) withdraw.push(slots.void(ref.id));
      else
        commands.push({
          name: 'storefront.payment.void',
          connection: order.connection,
          slot: slots.void(ref.id),
          payload: { order, authorization: ref },
        });
    }
  }
  const isSame = commands.length === 0 && withdraw.length === 0 && shortMinor === before.shortMinor;
  return { state: isSame ? state : withPayments(state, { captures, voids, shortMinor }), commands, withdraw };
}

const asked = { phase: 'asked', withdrawing: false, trouble: null } as const;

/** What is to be done about one authorisation, given up to where it is to be captured; what stays as it is is not named. */
function nextStep(
  authorization: Authorization,
  upToMinor: number,
  view: OrderView,
  state: OrderState,
): { readonly capture?: CaptureState; readonly void?: VoidState } {
  const payments = paymentsOf(state);
  const capture = payments.captures[authorization.key];
  const giveUp = payments.voids[authorization.key];
  if (capture?.phase === 'asked') {
    const isTooMuch = capture.upToMinor > upToMinor && !capture.withdrawing;
    return isTooMuch ? { capture: { ...capture, withdrawing: true } } : {};
  }
  const captured = knownCapturedMinor(authorization, state);
  const isOpenToCapture = giveUp === undefined || giveUp.phase === 'refused';
  const wasRefused = capture?.phase === 'refused' && capture.upToMinor === upToMinor;
  if (upToMinor > captured && isOpenToCapture && !wasRefused) return { capture: { ...asked, upToMinor } };

  // What was refused stands parked, for somebody to send again: not once that would be wrong.
  const isRefused = capture?.phase === 'refused' && !capture.withdrawing;
  const isMoot = isRefused && (upToMinor < capture.upToMinor || captured >= upToMinor);
  const isVoidMoot = giveUp?.phase === 'refused' && !giveUp.withdrawing && !authorization.isOpen;
  const isVoidDue = giveUp === undefined && isToBeVoided(authorization, view, state);
  return {
    ...(isMoot && { capture: { ...capture, withdrawing: true } }),
    ...(isVoidMoot && { void: { ...giveUp, withdrawing: true } }),
    ...(isVoidDue && { void: asked }),
  };
}

/** Up to where each authorisation is to be captured by now, and what is due beyond all of them. */
function marksOf(
  book: PaymentBook,
  due: Due,
  state: OrderState,
  rules: OrderRules,
): { readonly marks: ReadonlyMap<string, number>; readonly shortMinor: number } {
  const now = allotted(book, due.nowMinor - book.otherPaidMinor, state);
  const whole = allotted(book, due.wholeMinor - book.otherPaidMinor, state);
  const marks = new Map<string, number>();
  let isAnyWaiting = false;
  for (const authorization of book.authorizations) {
    const { key, multiCapture } = authorization;
    const captured = knownCapturedMinor(authorization, state);
    const upTo = now.marks.get(key) ?? captured;
    const isWholeOrNothing = !due.isLast && multiCapture !== true;
    if (upTo > captured && isWaiting(authorization, due, state, rules)) {
      isAnyWaiting = true;
      marks.set(key, captured);
    } else marks.set(key, upTo > captured && isWholeOrNothing ? (whole.marks.get(key) ?? upTo) : upTo);
  }
  const isUnderstood = book.authorizations.length > 0 && !isAnyWaiting;
  return { marks, shortMinor: isUnderstood ? now.leftMinor : 0 };
}

/**
 * Deals an amount out to the authorisations: what is captured of it stays where it is, what is asked for comes next, so that an authorisation which
 * is heard of late takes nothing a second time; the rest goes to whichever lapses first.
 */
function allotted(
  { authorizations }: PaymentBook,
  amountMinor: number,
  state: OrderState,
): { readonly marks: ReadonlyMap<string, number>; readonly leftMinor: number } {
  const { captures } = paymentsOf(state);
  const marks = new Map(authorizations.map((each) => [each.key, knownCapturedMinor(each, state)]));
  let leftMinor = Math.max(0, amountMinor - [...marks.values()].reduce((sum, minor) => sum + minor, 0));
  const grant = (key: string, upToMinor: number): void => {
    const mark = marks.get(key) ?? 0;
    const granted = Math.min(leftMinor, Math.max(0, upToMinor - mark));
    marks.set(key, mark + granted);
    leftMinor -= granted;
  };
  for (const { key } of authorizations)
    if (captures[key]?.phase === 'asked') grant(key, captures[key].upToMinor);
  for (const each of authorizations)
    grant(each.key, (marks.get(each.key) ?? 0) + roomMinor(each, state, marks));
  return { marks, leftMinor };
}

/** What can be taken of an authorisation beyond what it is marked for. */
function roomMinor(
  authorization: Authorization,
  state: OrderState,
  marks: ReadonlyMap<string, number>,
): number {
  const captured = knownCapturedMinor(authorization, state);
  return captured + capturableMinor(authorization, state) - (marks.get(authorization.key) ?? 0);
}

/** A part is due, and this authorisation's turn is later: it can be captured once, or nobody has said yet whether it can. */
function isWaiting(
  { multiCapture, key }: Authorization,
  { isLast }: Due,
  state: OrderState,
  { payments }: OrderRules,
): boolean {
  if (isLast || multiCapture === true || payments.capture !== 'shipment') return false;
  if (multiCapture === null && isAskedAbout(key, state)) return true;
  return payments.singleCapture === 'last-shipment';
}

/**
 * What is authorised for a cancelled order of which nothing has left and nothing was captured. As long as the ERP has not let go of the order, goods
 * may leave, or have left unheard of, and want to be paid.
 */
function isToBeVoided(authorization: Authorization, view: OrderView, state: OrderState): boolean {
  if (view.cancelled === null || shippedGoods(view) !== 'none' || !authorization.isOpen) return false;
  const { phase } = state.erp;
  if (phase !== 'none' && phase !== 'refused' && !isCancelledInErp(state)) return false;
  const { state: payment } = view.order.payment;
  const isHeld = payment === 'authorized' || payment === 'partially-paid' || payment === 'pending';
  return isHeld && knownCapturedMinor(authorization, state) === 0;
}

const authorizationIn = (slot: string, of: (id: string) => string, state: OrderState): string | undefined =>
  Object.keys(state.transactions).find((key) => of(state.transactions[key]?.data.ref.id ?? '') === slot);

/** Takes what became of a capture. Refused, it waits for a person, or for another mark; captured, it is told again by the platform's own record. */
export function absorbCaptureResult(state: OrderState, slot: string, result: CommandResult): Absorbed {
  const { captures } = paymentsOf(state);
  const key = authorizationIn(slot, slots.capture, state);
  const before = key === undefined ? undefined : captures[key];
  if (key === undefined || before === undefined) return superseded(state, `${slot} is not under way`);
  const put = (change: Partial<CaptureState>): Absorbed =>
    applied(withPayments(state, { captures: { ...captures, [key]: { ...before, ...change } } }));
  if (isOver(result, before)) {
    const { [key]: _gone, ...others } = captures;
    return applied(withPayments(state, { captures: others }));
  }
  switch (result.kind) {
    case 'done':
      return put({ phase: 'captured', withdrawing: false, trouble: null });
    case 'parked':
      return put({ trouble: troubleOf(result) });
    default:
      return put({ phase: 'refused', withdrawing: false, trouble: troubleOf(result) });
  }
}

/** Takes what became of giving an authorisation up. */
export function absorbVoidResult(state: OrderState, slot: string, result: CommandResult): Absorbed {
  const { voids } = paymentsOf(state);
  const key = authorizationIn(slot, slots.void, state);
  const before = key === undefined ? undefined : voids[key];
  if (key === undefined || before === undefined) return superseded(state, `${slot} is not under way`);
  const put = (change: Partial<VoidState>): Absorbed =>
    applied(withPayments(state, { voids: { ...voids, [key]: { ...before, ...change } } }));
  if (isOver(result, before)) {
    const { [key]: _gone, ...others } = voids;
    return applied(withPayments(state, { voids: others }));
  }
  switch (result.kind) {
    case 'done':
      return put({ phase: 'voided', trouble: null });
    case 'parked':
      return put({ trouble: troubleOf(result) });
    default:
      return put({ phase: 'refused', trouble: troubleOf(result) });
  }
}

/** It never took effect and is not to, or is to be decided again. */
const isOver = ({ kind }: CommandResult, { withdrawing }: { readonly withdrawing: boolean }): boolean =>
  kind === 'stale' || (kind === 'withdrawn' && withdrawing);

function troubleOf(result: CommandResult): Trouble | null {
  switch (result.kind) {
    case 'rejected':
      return { kind: 'rejected', code: result.code, detail: result.detail };
    case 'parked':
      return { kind: 'parked', code: result.cause, detail: result.detail };
    case 'withdrawn':
      return { kind: 'withdrawn', code: 'withdrawn', detail: 'taken back by an operator' };
    case 'stale':
    case 'done':
      return null;
  }
}

/** What was refused may be asked for again. */
export function withoutRefusals(state: OrderState): OrderState {
  if (state.payments === undefined) return state;
  const { captures, voids } = state.payments;
  const kept = <T extends { readonly phase: string }>(all: { readonly [key: string]: T }) =>
    Object.fromEntries(Object.entries(all).filter(([, { phase }]) => phase !== 'refused'));
  return withPayments(state, { captures: kept(captures), voids: kept(voids) });
}
