import type { CommandIntent, Reservation } from '../process.ts';
import type { OrderState } from './state.ts';

/** What one concern wants done, given where the order stands. */
export type Planned = {
  readonly state: OrderState;
  readonly commands: readonly CommandIntent[];
  readonly withdraw: readonly string[];
  readonly reservations?: readonly Reservation[];
};

/** Nothing to do. */
export const idle = (state: OrderState): Planned => ({ state, commands: [], withdraw: [] });

export const ask = (state: OrderState, ...commands: readonly CommandIntent[]): Planned => ({
  state,
  commands,
  withdraw: [],
});

export const takeBack = (state: OrderState, ...withdraw: readonly string[]): Planned => ({
  state,
  commands: [],
  withdraw,
});

/** The slots of this process's commands; of two commands in one slot the newer replaces the older while that is unsent. */
export const slots = {
  read: 'storefront.read',
  erpOrder: 'erp.order',
  erpCancel: 'erp.cancel',
  erpAmend: 'erp.amend',
  crmOrder: 'crm.order',
  capture: (authorizationId: string) => `payment.capture/${authorizationId}`,
  void: (authorizationId: string) => `payment.void/${authorizationId}`,
  fulfillment: (shipmentId: string) => `fulfillment/${shipmentId}`,
  delivery: (shipmentId: string) => `delivery/${shipmentId}`,
} as const;
