import type { LaneHost } from '#dispatch/lane-rules/host.ts';
import type { VirtualPlatform } from '../platforms/platform.ts';
import type { Content } from '../store/rows.ts';
import type { VirtualBudget } from './budget.ts';
import type { VirtualCommitQueue } from './commit-queue.ts';
import type { DatabaseLink, Gate } from './database-link.ts';
import type { Handlers } from './handlers.ts';
import type { VirtualSession } from './session.ts';

/** What all workers of a run have in common. */
export type WorkerParts = {
  readonly link: DatabaseLink;
  readonly platforms: ReadonlyMap<string, VirtualPlatform>;
  readonly handlers: Handlers;
  /** Calls that each platform takes at once. */
  readonly concurrency: number;
  readonly maxLanes: number;
  readonly isReleased: (content: Content) => boolean;
};

/** One worker, as its parts see it. The session changes; whoever waited must look whether it is still the same. */
export type WorkerContext = WorkerParts & {
  readonly gate: Gate;
  readonly budgets: ReadonlyMap<string, VirtualBudget>;
  /** The processes of its release. */
  readonly processOf: LaneHost['processOf'];
  /** What is under way ends, nothing else begins. */
  readonly isStopping: boolean;
  readonly live: { readonly session: VirtualSession; readonly queue: VirtualCommitQueue } | null;
};
