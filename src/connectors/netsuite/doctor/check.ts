import type { Call, CrosswalkTables, Finding } from '#connector-sdk/connector.ts';
import type { NetSuiteClient, Session } from '../client.ts';

/** What a check may look at beside the account. */
export type Surroundings = {
  readonly call: Call;
  readonly client: NetSuiteClient;
  readonly crosswalks: CrosswalkTables;
};

/** One thing that could stop an order. */
export type Check = {
  readonly name: string;
  readonly remedy: string;
  /** Whether there is anything to look at under these settings. */
  applies?(at: Surroundings): boolean;
  run(session: Session, at: Surroundings): Promise<Finding>;
};

export const ok = (check: string, detail: string): Finding => ({ level: 'ok', check, detail, remedy: null });
export const bad = (check: string, detail: string, remedy: string): Finding => ({
  level: 'error',
  check,
  detail,
  remedy,
});

export const permissions = 'give its role the permission in NetSuite: Setup > Users/Roles > Manage Roles';
