import type { Connector } from '#connector-sdk/connector.ts';
import type { CrosswalkRow } from '#journal/crosswalk-store.ts';
import type { CustomerRules } from '#processes/customer-identity/rules.ts';
import type { OrderRules } from '#processes/order-to-cash/rules.ts';
import type { RetailerFile } from './retailer-schema.ts';

/** One account on one platform, checked against its connector's settings and not opened yet. */
export type ConfiguredConnection = {
  readonly id: string;
  readonly connector: Connector;
  readonly config: Readonly<Record<string, unknown>>;
  readonly allowPrivateAddresses: boolean;
  readonly trustedCertificates: string | null;
};

/** A retailer as its folder has it, with every reference replaced. */
export type Retailer = {
  readonly tenant: string;
  readonly name: string;
  readonly folder: string;
  readonly connections: readonly ConfiguredConnection[];
  /** By process. */
  readonly rules: { readonly 'order-to-cash': OrderRules; readonly 'customer-identity': CustomerRules };
  readonly alerts: RetailerFile['alerts'];
  readonly crosswalks: readonly CrosswalkRow[];
};
