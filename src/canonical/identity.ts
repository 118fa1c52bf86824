import type { ExternalRef } from './primitives.ts';

/** The things that live in more than one system, each with one identity here; `message` stands for one whose record could not be told. */
export const entityTypes = [
  'order',
  'customer',
  'product',
  'location',
  'shipment',
  'invoice',
  'case',
  'quote',
  'message',
] as const;
export type EntityType = (typeof entityTypes)[number];

/**
 * The record an event is about, as the sending platform names it. The journal resolves it to a canonical id through
 * its identity links; a record seen for the first time founds its own (`foundedId`).
 */
export type Subject = {
  readonly entity: EntityType;
  readonly ref: ExternalRef;
  /** whether a first sight may found the identity */ readonly founds: boolean;
};

/** The canonical id of a record that `ref` is the first sight of, e.g. `order:shopify-us:820982911946154508`. */
export function foundedId(entity: EntityType, ref: ExternalRef): string {
  return `${entity}:${ref.connection}:${ref.id}`;
}
