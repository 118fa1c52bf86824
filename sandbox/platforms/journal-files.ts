import { join } from 'node:path';

/** The systems of one retailer, each of which writes down what took effect in it. */
export const systems = ['shop', 'erp', 'crm'] as const;
export type System = (typeof systems)[number];

/** Where a system's effects stand: one JSON object a line. */
export const journalFile = (directory: string, retailer: string, system: System): string =>
  join(directory, `${retailer}.${system}.ndjson`);

/** Where the sandbox notes what no system of a retailer would: how many webhooks were sent and taken. */
export const trafficFile = (directory: string): string => join(directory, 'traffic.ndjson');
