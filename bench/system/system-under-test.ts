import type { DatabaseMeter } from '../measure/database-meter.ts';

/** A part of a system whose CPU and memory are counted. */
export type MeteredProcess = {
  readonly name: string;
  readonly pid: number;
  /** A server with back ends of its own, such as PostgreSQL. */
  readonly isFamily: boolean;
};

/** The product or a peer, running. */
export type SystemUnderTest = {
  readonly port: number;
  /** Paths of its receivers of webhooks. */
  readonly paths: readonly string[];
  readonly secret: string;
  readonly shopDomain: string;
  processes(): readonly MeteredProcess[];
  /** kill -9 of what calls the platforms. */
  killWorker(): Promise<void>;
  startWorker(): Promise<void>;
  /** In good order. */
  stopWorker(): Promise<void>;
  /** Null where there is no PostgreSQL. */
  readonly database: DatabaseMeter | null;
  stop(): Promise<void>;
};
