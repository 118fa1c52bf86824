import { hostname } from 'node:os';
import type { Logger } from '#connector-sdk/services.ts';
import type { Database } from '#journal/database.ts';
import type { MasterKey } from '#journal/sealed-box.ts';
import type { WorkSignal } from '#journal/work-signal.ts';
import type { ConnectionMinder } from './connection-minder.ts';
import type { HostParts } from './lane-host.ts';
import { Session } from './session.ts';

export type WorkerOptions = HostParts & {
  readonly database: Database;
  readonly master: MasterKey;
  readonly log: Logger;
  readonly node?: string;
  /** Lanes held in memory at most. */
  readonly maxLanes?: number;
  /** How long a worker that is gone keeps its lanes. */
  readonly leaseMs?: number;
  /** Tells that there is work; the worker also looks by itself. */
  readonly signal?: WorkSignal;
  /** The same for all of one process, where connectors report to it. */
  readonly minder?: ConnectionMinder;
};

/** Of a worker that is told nothing else. */
export const defaults = { maxLanes: 160, leaseMs: 5_000 } as const;
export const openWorkerSession = ({ database, node, leaseMs }: WorkerOptions): Promise<Session> =>
  Session.open(database, node ?? `${hostname()}:${process.pid}`, leaseMs ?? defaults.leaseMs);
