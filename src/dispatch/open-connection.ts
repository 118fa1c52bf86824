import type { Connector } from '#connector-sdk/connector.ts';

/** A configured connection, ready to be used: one retailer's account on one platform. */
export type OpenConnection = {
  readonly tenant: string;
  /** The retailer's own name for it, e.g. `shopify-us`; unique within the tenant. */
  readonly id: string;
  readonly connector: Connector;
  readonly client: unknown;
  readonly config: Readonly<Record<string, unknown>>;
};

/** What the engine looks up while it works. */
export type Installation = {
  readonly tenants: readonly string[];
  connection(tenant: string, id: string): OpenConnection | null;
  readonly connections: readonly OpenConnection[];
};
