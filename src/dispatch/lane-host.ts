import type { CanonicalEvent } from '#canonical/event.ts';
import type { Json } from '#canonical/json.ts';
import type { CommandHandler } from '#connector-sdk/connector.ts';
import { type CrosswalkRows, renderContext } from '#connector-sdk/crosswalk-context.ts';
import { type Mapped, mapped } from '#connector-sdk/mapping.ts';
import { readMessageBody } from '#connector-sdk/message-body.ts';
import type { InboxEvent } from '#journal/lane-store.ts';
import type { BoundProcess, Interpretation, LaneHost, RenderedCommand } from './lane-rules/host.ts';
import type { Lane, LaneCommand } from './lane-rules/lane.ts';
import { defaultRetryPolicy, type RetryPolicy } from './lane-rules/settle.ts';
import type { Installation } from './open-connection.ts';

/** What the composition root gives the engine besides the database. */
export type HostParts = {
  readonly installation: Installation;
  /** The process for an entity such as `order:shopify-us:42`, with its retailer's rules; null when nobody takes it. */
  processFor(tenant: string, entity: string): BoundProcess | null;
  /** The tenant's active crosswalk rows, as they are now. */
  crosswalks(tenant: string): CrosswalkRows;
  aliasesOf(tenant: string, event: CanonicalEvent): readonly string[];
  readonly policy?: RetryPolicy;
  /** A step that the database refused: a defect, to be seen by people. */
  onRefused?(lane: Lane, error: Error): void;
};

type AnyHandler = CommandHandler<never, Json, unknown> & {
  render(payload: never, context: ReturnType<typeof renderContext>['context']): Json;
  conflictKeys?(request: Json): readonly string[];
};

/** The lane rules' view of the real world. */
export function hostFor(
  parts: HostParts,
  tenant: string,
  live: { nowMs(): number; mayCall(command: LaneCommand): 'go' | 'wait' | 'park' },
): LaneHost {
  const handler = (lane: Lane, command: LaneCommand): AnyHandler | null => {
    const connection = parts.installation.connection(lane.tenant, command.connection);
    return (
      ((connection?.connector.commands as Record<string, unknown> | undefined)?.[command.name] as
        AnyHandler | undefined) ?? null
    );
  };
  return {
    nowMs: () => live.nowMs(),
    random: Math.random,
    policy: parts.policy ?? defaultRetryPolicy,
    processOf: (lane) => parts.processFor(lane.tenant, lane.entity),
    mayCall: (_lane, command) => live.mayCall(command),
    interpret: (event) => interpret(parts.installation, event),
    handlerOf(lane, command) {
      const found = handler(lane, command);
      return found === null
        ? null
        : {
            safety: found.safety,
            timeoutMs: found.timeoutMs,
            settleMs: found.settleMs,
            searchLagMs: found.searchLagMs,
            conflictKeys: (request) => found.conflictKeys?.(request) ?? [],
          };
    },
    render(lane, command): RenderedCommand {
      const connection = parts.installation.connection(lane.tenant, command.connection);
      const found = handler(lane, command);
      if (connection === null || found === null)
        return {
          ok: false,
          problems: [{ path: '$', message: `${command.connection} cannot do ${command.name}` }],
        };
      const { context, used } = renderContext({
        connection: command.connection,
        crosswalks: parts.crosswalks(lane.tenant),
        links: {},
        config: connection.config,
      });
      const result = mappedOrDefect(() => found.render(command.payload as never, context));
      return result.ok ? { ok: true, request: result.value, mapping: used() as unknown as Json } : result;
    },
    aliasesOf: (event) => parts.aliasesOf(tenant, event),
  };
}

function interpret(
  installation: Installation,
  event: Extract<InboxEvent, { kind: 'message' }>,
): Interpretation {
  if (event.unreadable !== undefined)
    return { kind: 'unmappable', problems: [{ path: '$', message: event.unreadable }] };
  const connection = installation.connection(event.tenant, event.connection);
  if (connection === null)
    return {
      kind: 'unmappable',
      problems: [{ path: '$', message: `connection ${event.connection} is not configured any more` }],
    };
  const mapping = connection.connector.inbound[event.topic];
  if (mapping === undefined)
    return {
      kind: 'rejected',
      code: 'unsupported-topic',
      detail: `${event.connection} sends ${event.topic}, which nothing here follows`,
    };
  const read = readMessageBody(event.body);
  if (!read.ok) return { kind: 'unmappable', problems: [{ path: '$', message: read.problem }] };
  const result = mappedOrDefect(() =>
    mapping.map({
      connection: event.connection,
      topic: event.topic,
      occurredAt: event.occurredAt,
      body: read.body,
      bodyHash: event.bodyHash,
    }),
  );
  if (!result.ok) return { kind: 'unmappable', problems: result.problems };
  // It lies in a lane of its own because its record could not be told; whoever reads it now must not do so under another's name.
  if (event.entity.startsWith('message:'))
    return { kind: 'unmappable', problems: [{ path: '$', message: 'names no record that it is about' }] };
  return { kind: 'events', events: result.value };
}

/** A mapping that fails on one record is that record's matter: it is parked for a person, and its lane goes on. */
function mappedOrDefect<T>(map: () => T): Mapped<T> {
  try {
    return mapped(map);
  } catch (error) {
    return { ok: false, problems: [{ path: '$', message: `the mapping failed: ${String(error)}` }] };
  }
}
