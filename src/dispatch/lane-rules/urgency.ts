import type { LaneHost } from './host.ts';
import type { Lane } from './lane.ts';

/** Whether this lane goes before others that wait for the same connection, by its process's word. */
export function isUrgent(lane: Lane, host: Pick<LaneHost, 'processOf'>): boolean {
  const process = host.processOf(lane);
  // A state that an older version wrote is not the newer one's to read before it took it over.
  if (process?.isUrgent === undefined || lane.instance?.version !== process.version) return false;
  return process.isUrgent(lane.instance.state);
}
