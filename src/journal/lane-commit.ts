import type { Json } from '#canonical/json.ts';
import { boolArray, int4Array, int8Array, textArray } from './binary-arrays.ts';
import type { Database } from './database.ts';
import { storedState } from './instance-state.ts';
import { tenantList } from './intake-store.ts';
import type { CommitAnswer, LaneStep } from './lane-step.ts';
import type { LaneKey } from './lane-store.ts';

/** Nothing of a batch was applied: some lanes are lost, or their step was committed before and only its answer was lost. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
  readonly lost: readonly LaneKey[];
  readonly applied: readonly LaneKey[];
  constructor(lost: readonly LaneKey[], applied: readonly LaneKey[]) {
    super(`${lost.length} lanes are not ours any more, ${applied.length} steps were committed before`);
    this.lost = lost;
    this.applied = applied;
  }
}

/** Commits many lanes' steps in one transaction. @throws FencedError naming the lanes lost; then nothing of the batch was applied. */
export async function commitSteps(
  database: Database,
  session: number,
  steps: readonly LaneStep[],
): Promise<CommitAnswer> {
  const consumed = flat(steps, (step) => step.consumed);
  const commands = flat(steps, (step) => step.commands);
  const finished = flat(steps, (step) => step.finished);
  const attempts = flat(steps, (step) => step.attempts);
  const keys = commands.flatMap((command) => command.conflictKeys.map((key) => ({ ...command, key })));
  const json = (value: Json | null | undefined): string | null =>
    value === null || value === undefined ? null : JSON.stringify(value);
  const states = steps.map(({ instance }) => (instance === null ? null : storedState(instance)));
  const lanesOf = (rows: readonly LaneKey[]): Buffer[] => [
    textArray(rows.map((row) => row.tenant)),
    textArray(rows.map((row) => row.entity)),
  ];
  const values = [
    tenantList(steps),
    session,
    ...lanesOf(steps),
    int8Array(steps.map((step) => step.claim)),
    int4Array(steps.map((step) => step.sequence)),
    textArray(steps.map((step) => step.instance?.process ?? null)),
    int4Array(steps.map((step) => step.instance?.version ?? null)),
    textArray(states.map((stored) => stored?.state ?? null)),
    textArray(states.map((stored) => stored?.bulk ?? null)),
    int4Array(steps.map((step) => step.instance?.nextCommand ?? null)),
    int4Array(steps.map((step) => step.todoDelta)),
    int4Array(steps.map((step) => step.expectedTodo)),
    boolArray(steps.map((step) => step.release !== null)),
    int8Array(steps.map((step) => Math.round(step.release?.dueInMs ?? 0))),
    ...lanesOf(consumed),
    int8Array(consumed.map((row) => row.eventId)),
    textArray(consumed.map((row) => row.disposition)),
    textArray(consumed.map((row) => row.code)),
    textArray(consumed.map((row) => row.detail)),
    textArray(consumed.map((row) => json(row.events))),
    ...lanesOf(commands),
    int4Array(commands.map((row) => row.number)),
    textArray(commands.map((row) => row.name)),
    textArray(commands.map((row) => row.connection)),
    textArray(commands.map((row) => row.slot)),
    textArray(commands.map((row) => json(row.payload))),
    textArray(commands.map((row) => json(row.request))),
    textArray(commands.map((row) => json(row.mapping))),
    textArray(commands.map((row) => row.state)),
    boolArray(commands.map((row) => row.parked)),
    int4Array(commands.map((row) => row.attempt)),
    int4Array(commands.map((row) => row.startTimeoutMs)),
    int4Array(commands.map((row) => row.conflicts)),
    int8Array(commands.map((row) => Math.round(row.delayMs))),
    int4Array(commands.map((row) => row.settleMs)),
    textArray(commands.map((row) => json(row.handle))),
    textArray(commands.map((row) => row.causedBy)),
    ...lanesOf(finished),
    int4Array(finished.map((row) => row.number)),
    textArray(finished.map((row) => row.outcome)),
    textArray(finished.map((row) => json(row.result))),
    ...lanesOf(attempts),
    int4Array(attempts.map((row) => row.number)),
    int4Array(attempts.map((row) => row.attempt)),
    textArray(attempts.map((row) => row.step)),
    textArray(attempts.map((row) => row.outcome)),
    textArray(attempts.map((row) => row.detail)),
    int4Array(attempts.map((row) => Math.round(row.tookMs))),
    textArray(keys.map((row) => row.tenant)),
    textArray(keys.map((row) => row.connection)),
    textArray(keys.map((row) => row.key)),
    textArray(keys.map((row) => row.entity)),
    int4Array(keys.map((row) => row.number)),
    extrasOf(steps),
  ];
  const { rows } = await database.query<{
    kind: 'fenced' | 'applied' | 'more' | 'held';
    tenant: string;
    entity: string;
    number: number;
  }>({
    name: 'lane_commit',
    text: `select * from lane_commit(${values.map((_, index) => `$${index + 1}`).join(', ')})`,
    values,
  });
  const of = (kind: string): LaneKey[] => rows.filter((row) => row.kind === kind);
  if (of('fenced').length + of('applied').length > 0) throw new FencedError(of('fenced'), of('applied'));
  return { more: rows.filter((row) => row.kind === 'more'), held: rows.filter((row) => row.kind === 'held') };
}

function flat<T>(steps: readonly LaneStep[], pick: (step: LaneStep) => readonly T[]): (T & LaneKey)[] {
  return steps.flatMap((step) =>
    pick(step).map((row) => ({ ...row, tenant: step.tenant, entity: step.entity })),
  );
}

/** jsonb, unlike JSON, holds neither U+0000 nor half a surrogate pair; both are shown as what they are. */
const storableJson = (json: string): string =>
  json.includes('\\u')
    ? json.replace(/\\(?:u(0000)|u(d[89a-f][0-9a-f]{2})|.)/g, (escape, nul?: string, half?: string) => {
        if (nul !== undefined) return '\\u2400';
        return half === undefined ? escape : '\\ufffd';
      })
    : json;

function extrasOf(steps: readonly LaneStep[]): string | null {
  const all: Record<string, unknown[]> = {};
  for (const step of steps) {
    for (const [name, rows] of Object.entries(step.extras)) {
      for (const row of rows) (all[name] ??= []).push({ ...row, tenant: step.tenant, entity: step.entity });
    }
  }
  return Object.keys(all).length === 0 ? null : storableJson(JSON.stringify(all));
}
