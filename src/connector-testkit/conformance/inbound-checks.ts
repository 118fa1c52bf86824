import { describe, expect, test } from 'vitest';
import { type CanonicalEvent, canonicalEventSchema } from '#canonical/event.ts';
import type { Json, JsonObject } from '#canonical/json.ts';
import type { InboundMapping } from '#connector-sdk/connector.ts';
import { type Mapped, mapped } from '#connector-sdk/mapping.ts';
import { deepFreeze } from '../deep-freeze.ts';
import type { InboundFixture } from '../fixtures.ts';
import { type MutationKind, mutationKinds, mutations, mutationText, type Path } from '../mutations.ts';
import { newPlaces } from './new-places.ts';
import { silentMoneyChanges } from './money-checks.ts';
import type { ConformanceSubject } from './subject.ts';

/** Every inbound mapping against its fixtures and against everything that could be wrong with them. */
export function inboundChecks<Config, Client, Platform>(
  subject: ConformanceSubject<Config, Client, Platform>,
): void {
  const topics = Object.keys(subject.connector.inbound);

  test.each(subject.inbound)("$name: its topic is one of the connector's", ({ message }) =>
    expect(topics).toContain(message.topic),
  );

  const cases = newPlaces(
    subject.inbound.flatMap((fixture) => withMapping(subject, fixture)),
    ({ fixture, mapping }) => ({
      mapping,
      body: fixture.message.body,
      isRefused: 'unmappable' in fixture.then,
    }),
  );
  describe.each(cases)('$fixture.name', ({ fixture, mapping, places }) => {
    const message = deepFreeze(fixture.message);

    test('maps as the fixture says, twice the same, and leaves its input alone', () => {
      const [first, second] = [mapBody(mapping, message), mapBody(mapping, message)];
      expect(first).toEqual(second);
      if ('unmappable' in fixture.then)
        expect(pathsOfProblems(first)).toEqual([...fixture.then.unmappable].sort());
      else expect(first).toEqual({ ok: true, value: fixture.then.events });
    });
    test('every event is a canonical event', () => {
      const result = mapBody(mapping, message);
      if (result.ok)
        for (const event of result.value)
          expect(canonicalEventSchema.safeParse(event).error?.issues ?? []).toEqual([]);
    });
    test('the subject, told from the body alone, is that of every event', () => {
      const result = mapBody(mapping, message);
      const told = mapped(() => mapping.subject(message.body as JsonObject, message.connection));
      if (!('unmappable' in fixture.then)) expect(told).toEqual({ ok: true, value: fixture.then.subject });
      if (!result.ok || !told.ok) return;
      const { entity, ref } = told.value;
      for (const event of result.value) expect(event.subject).toMatchObject({ entity, ref });
    });
    test.runIf(places.length > 0).each(mutationKinds)(
      'whatever is "%s": mapped to canonical events, or unmappable with a path',
      (kind) => expect(crashes(mapping, fixture, kind, places)).toEqual([]),
    );
    test('no money is silently lost: an amount that is missing is not an amount of 0', () => {
      const map = (body: Json) => mapBody(mapping, { ...message, body });
      expect(silentMoneyChanges(message.body, map, subject.zeroWhenAbsent ?? [], places)).toEqual([]);
    });
  });
}

function withMapping<Config, Client, Platform>(
  { connector }: ConformanceSubject<Config, Client, Platform>,
  fixture: InboundFixture,
): readonly { readonly fixture: InboundFixture; readonly mapping: InboundMapping }[] {
  const mapping = connector.inbound[fixture.message.topic];
  return mapping === undefined ? [] : [{ fixture, mapping }];
}

const mapBody = (
  mapping: InboundMapping,
  message: InboundFixture['message'],
): Mapped<readonly CanonicalEvent[]> => mapped(() => mapping.map(message));

const pathsOfProblems = (result: Mapped<unknown>): string[] =>
  result.ok ? [] : result.problems.map((problem) => problem.path).sort();

/** What the mutations of one kind broke, each with its place; at most ten. */
function crashes(
  mapping: InboundMapping,
  fixture: InboundFixture,
  kind: MutationKind,
  places: readonly Path[],
): string[] {
  const broken: string[] = [];
  for (const mutation of mutations(fixture.message.body, kind, places)) {
    if (broken.length >= 10) break;
    const failure = failureOf(mapping, fixture, mutation.value);
    if (failure !== null) broken.push(`${mutationText(mutation)}: ${failure}`);
  }
  return broken;
}

function failureOf(mapping: InboundMapping, fixture: InboundFixture, body: Json): string | null {
  const frozen = deepFreeze(body);
  try {
    const subject = mapped(() => mapping.subject(frozen as JsonObject, fixture.message.connection));
    if (!subject.ok && !namesItsPlace(subject.problems)) return 'the subject is unmappable without a path';
    const result = mapBody(mapping, { ...fixture.message, body: frozen });
    if (({} as Record<string, unknown>)['polluted'] !== undefined)
      return 'changed the prototype of all objects';
    if (!result.ok) return namesItsPlace(result.problems) ? null : 'unmappable without a path';
    const invalid = result.value
      .map((event) => canonicalEventSchema.safeParse(event))
      .find((parsed) => !parsed.success);
    return invalid?.success === false
      ? `mapped to what is no canonical event: ${invalid.error.issues[0]?.path.join('.')} ${invalid.error.issues[0]?.message}`
      : null;
  } catch (error) {
    return `crashed: ${error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 200) : String(error)}`;
  }
}

const namesItsPlace = (problems: readonly { readonly path: string }[]): boolean =>
  problems.length > 0 && problems.every((problem) => problem.path.trim() !== '');
