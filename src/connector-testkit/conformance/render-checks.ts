import { describe, expect, test } from 'vitest';
import { type CommandName, commandPayloads } from '#canonical/command.ts';
import type { Json } from '#canonical/json.ts';
import { renderContext, type RenderSnapshot } from '#connector-sdk/crosswalk-context.ts';
import { type Mapped, mapped } from '#connector-sdk/mapping.ts';
import { deepFreeze } from '../deep-freeze.ts';
import type { AnyHandler } from '../deliver.ts';
import type { CommandFixture } from '../fixtures.ts';
import { mutationText, type Path, typedMutationKinds, typedMutations } from '../mutations.ts';
import { newPlaces } from './new-places.ts';
import type { ConformanceSubject } from './subject.ts';

/** Renders a fixture's command as the engine does: parsed payload, frozen snapshot. */
export function renderFixture(handler: AnyHandler, fixture: CommandFixture): Mapped<Json> {
  return renderWith(handler, fixture.command, fixture.payload, fixture.snapshot).result;
}

/** Every command's render against its fixtures: pure, storable, and never a crash. */
export function renderChecks<Config, Client, Platform>({
  connector,
  commands,
}: ConformanceSubject<Config, Client, Platform>): void {
  const declared = Object.keys(connector.commands);
  test.each(commands)("$name: its command is one of the connector's", ({ command }) =>
    expect(declared).toContain(command),
  );

  const known = commands.flatMap((fixture) => {
    const handler = connector.commands[fixture.command] as AnyHandler | undefined;
    return handler === undefined ? [] : [{ fixture, handler }];
  });
  const cases = newPlaces(known, ({ fixture, handler }) => ({
    mapping: handler,
    body: fixture.payload,
    isRefused: 'unmappable' in fixture.then,
  }));
  describe.each(cases)('$fixture.name', ({ fixture, handler, places }) => {
    const { command, payload, snapshot, then } = deepFreeze(fixture);

    test('renders as the fixture says, twice the same, and leaves its input alone', () => {
      const [first, second] = [renderFixture(handler, fixture), renderFixture(handler, fixture)];
      expect(first).toEqual(second);
      if ('unmappable' in then)
        expect(first.ok ? [] : first.problems.map(({ path }) => path).sort()).toEqual(
          [...then.unmappable].sort(),
        );
      else expect(first).toEqual({ ok: true, value: then.request });
    });
    test('the request survives being stored', () => {
      const result = renderFixture(handler, fixture);
      if (result.ok) expect(JSON.parse(JSON.stringify(result.value))).toStrictEqual(result.value);
    });
    test('conflict keys are the same each time, and none is there twice', () => {
      const result = renderFixture(handler, fixture);
      if (!result.ok || handler.conflictKeys === undefined) return;
      const keys = handler.conflictKeys(deepFreeze(result.value));
      expect(handler.conflictKeys(result.value)).toEqual(keys);
      expect(new Set(keys).size).toBe(keys.length);
      if ('conflictKeys' in then && then.conflictKeys !== null)
        expect([...keys].sort()).toEqual([...then.conflictKeys].sort());
    });
    test('without a crosswalk row that was used: unmappable with table and key, or another way that the connector knows', () => {
      const { result: whole, used } = renderWith(handler, command, payload, snapshot);
      for (const row of whole.ok ? used : []) {
        const { result } = renderWith(handler, command, payload, withoutRow(snapshot, row));
        if (result.ok) continue;
        const named = result.problems.flatMap((problem) =>
          problem.crosswalk === undefined ? [] : [`${problem.crosswalk.table}/${problem.crosswalk.key}`],
        );
        expect(named, `without ${row.table}/${row.key}`).not.toEqual([]);
        expect(result.problems.every(({ path }) => path.trim() !== '')).toBe(true);
      }
    });
    test.runIf(places.length > 0).each(typedMutationKinds)(
      'whatever is "%s", where the payload allows it: a request, or unmappable with a path',
      (kind) => expect(crashes(handler, fixture, kind, places)).toEqual([]),
    );
  });
}

function renderWith(handler: AnyHandler, command: CommandName, payload: Json, snapshot: RenderSnapshot) {
  return renderParsed(handler, commandPayloads[command].parse(payload), snapshot);
}

function renderParsed(handler: AnyHandler, payload: unknown, snapshot: RenderSnapshot) {
  const { context, used } = renderContext(snapshot);
  const frozen = deepFreeze(payload);
  // It was parsed by the schema of this very command.
  const result = mapped(() => handler.render(frozen as never, context) as Json);
  return { result, used: used().rows.filter(({ value }) => value !== null) };
}

function withoutRow(
  snapshot: RenderSnapshot,
  { table, key }: { readonly table: string; readonly key: string },
): RenderSnapshot {
  const tables = snapshot.crosswalks[snapshot.connection] ?? {};
  const kept = Object.entries(tables).map(([name, rows]) => [
    name,
    name === table ? Object.fromEntries(Object.entries(rows).filter(([row]) => row !== key)) : rows,
  ]);
  return {
    ...snapshot,
    crosswalks: { [snapshot.connection]: Object.fromEntries(kept) as Record<string, Record<string, string>> },
  };
}

/** A process only asks for what the payload's schema allows, so that only such mutations count. */
function crashes(
  handler: AnyHandler,
  fixture: CommandFixture,
  kind: (typeof typedMutationKinds)[number],
  places: readonly Path[],
): string[] {
  const broken: string[] = [];
  for (const mutation of typedMutations(fixture.payload, kind, places)) {
    if (broken.length >= 10) break;
    const payload = commandPayloads[fixture.command].safeParse(mutation.value);
    const failure = payload.success ? failureOf(handler, payload.data, fixture.snapshot) : null;
    if (failure !== null) broken.push(`${mutationText(mutation)}: ${failure}`);
  }
  return broken;
}

function failureOf(handler: AnyHandler, payload: unknown, snapshot: RenderSnapshot): string | null {
  try {
    const { result } = renderParsed(handler, payload, snapshot);
    if (!result.ok)
      return result.problems.every(({ path }) => path.trim() !== '') ? null : 'unmappable without a path';
    const text = JSON.stringify(result.value);
    return JSON.stringify(JSON.parse(text)) === text ? null : 'a request that cannot be stored';
  } catch (error) {
    return `crashed: ${error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 200) : String(error)}`;
  }
}
