import type { CommandName } from '#canonical/command.ts';
import type { LaneHost } from '#dispatch/lane-rules/host.ts';
import type { LaneCommand } from '#dispatch/lane-rules/lane.ts';
import type { RetryPolicy } from '#dispatch/lane-rules/settle.ts';
import type { Content } from '../store/rows.ts';
import type { VirtualStore } from '../virtual-store.ts';
import { type Handlers, missingRows } from './handlers.ts';

/** Time runs short here: what takes a day in production takes minutes. */
const policy: RetryPolicy = { firstDelayMs: 100, longestDelayMs: 4_000, maxAgeMs: 40_000, maxConflicts: 6 };

/** The lane rules' view of the virtual world: the second host beside the real worker. */
export function virtualHost(
  store: VirtualStore,
  handlers: Handlers,
  live: {
    readonly processOf: LaneHost['processOf'];
    nowMs(): number;
    mayCall(command: LaneCommand): 'go' | 'wait' | 'park';
    isReleased(content: Content): boolean;
  },
): LaneHost {
  const { world } = store;
  const handlerOf: LaneHost['handlerOf'] = (_lane, command) =>
    handlers[command.connection]?.[command.name as CommandName] ?? null;
  return {
    nowMs: () => live.nowMs(),
    random: () => world.random.next(),
    policy,
    processOf: live.processOf,
    mayCall: (_lane, command) => live.mayCall(command),
    handlerOf,
    interpret({ messageId }) {
      const content = store.messages.get(messageId)?.content;
      if (content === undefined)
        return { kind: 'rejected', code: 'no-message', detail: `${messageId} is not there` };
      if (!live.isReleased(content))
        return { kind: 'unmappable', problems: [{ path: '$.id', message: 'must be text' }] };
      if (!world.is('last-arrival-wins')) return { kind: 'events', events: content.events };
      // Every message claims to be the newest.
      const at = new Date(world.nowMs + 86_400_000).toISOString();
      const events = content.events.map((event) => {
        const version = { ...event.version, at };
        return event.type === 'order.observed'
          ? { ...event, version, data: { ...event.data, version } }
          : { ...event, version };
      });
      return { kind: 'events', events };
    },
    render(_lane, command) {
      const problems = missingRows(command.name, command.payload, store.crosswalk);
      return problems.length > 0
        ? { ok: false, problems }
        : { ok: true, request: command.payload, mapping: {} };
    },
    aliasesOf: () => [],
  };
}
