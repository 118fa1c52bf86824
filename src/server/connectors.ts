import type { Connector } from '#connector-sdk/connector.ts';
import { netsuite } from '#connectors/netsuite/connector.ts';
import { salesforce } from '#connectors/salesforce/connector.ts';
import { shopify } from '#connectors/shopify/connector.ts';
import { tryton } from '#connectors/tryton/connector.ts';

/** Every platform that this release knows. One more is one folder and one line here. */
export const connectors: readonly Connector[] = [netsuite, salesforce, shopify, tryton];

/** The connector of that id, or null. */
export const connectorOf = (id: string): Connector | null =>
  connectors.find((connector) => connector.id === id) ?? null;
