import type { Connector } from '#connector-sdk/connector.ts';
import { shopify } from '#connectors/shopify/connector.ts';
import { oneCall } from './one-call-connector.ts';

/** Stands in for the product's own list of connectors: the shop as it is, and the bench's one-call platform. */
export const connectors: readonly Connector[] = [shopify, oneCall];

/** The connector of that id, or null. */
export const connectorOf = (id: string): Connector | null =>
  connectors.find((connector) => connector.id === id) ?? null;
