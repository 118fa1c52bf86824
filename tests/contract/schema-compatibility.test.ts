import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { contractChanges, releasedContracts } from '../../scripts/contracts-compatibility.ts';
import { eventContract, eventContracts } from '../../scripts/event-contracts.ts';
import { type Change, type Schema, schemaChanges } from '../../scripts/schema-compatibility.ts';

type Mutable = { -readonly [Key in keyof Schema]: Schema[Key] } & {
  properties: Record<string, Mutable>;
  required: string[];
  enum: unknown[];
};

const released = eventContract('order.observed');
/** The contract of order.observed with a change planted in one of its named shapes. */
function planted(name: string, plant: (shape: Mutable) => void): Schema {
  const copy = structuredClone(released);
  plant(copy.$defs?.[name] as Mutable);
  return copy;
}
const broken = (changes: readonly Change[]) =>
  changes.filter(({ kind }) => kind === 'breaking').map(({ path, message }) => `${path}: ${message}`);
const cautions = (changes: readonly Change[]) =>
  changes.filter(({ kind }) => kind === 'caution').map(({ path, message }) => `${path}: ${message}`);

describe('a change that breaks readers of the last release is named with its place', () => {
  test('a field that is removed', () => {
    const now = planted('Order', ({ properties }) => delete properties['poNumber']);
    expect(broken(schemaChanges(released, now))).toContain('data.record.poNumber: is gone');
  });

  test('a type that is narrowed', () => {
    const now = planted('Order', ({ properties }) =>
      Object.assign(properties['note'] ?? {}, { type: 'string' }),
    );
    expect(
      schemaChanges(released, now).some(
        ({ path, kind }) => path === 'data.record.note' && kind === 'breaking',
      ),
    ).toBe(true);
  });

  test('a field that becomes required', () => {
    const now = planted('Order', ({ required }) => required.push('windows'));
    expect(broken(schemaChanges(released, now))).toEqual(['data.record.windows: is now required']);
  });

  test('a field that may now be absent', () => {
    const now = planted('Order', ({ required }) => required.splice(required.indexOf('totals'), 1));
    expect(broken(schemaChanges(released, now))).toEqual(['data.record.totals: may now be absent']);
  });

  test('an enum that loses a value, wherever the shape is used', () => {
    const now = planted('OrderLine', ({ properties }) => properties['kind']?.enum.splice(0, 1));
    expect(broken(schemaChanges(released, now))).toEqual([
      'data.record.lines[].kind: "product" is no longer allowed',
    ]);
  });

  test('a constant that changes, such as the name of the event', () => {
    const now = structuredClone(released) as Mutable;
    now.properties['type'] = { type: 'string', const: 'io.tallyport.order.seen.v1' } as unknown as Mutable;
    expect(broken(schemaChanges(released, now))).toEqual([
      'type: "io.tallyport.order.observed.v1" is no longer allowed',
    ]);
  });

  test('one kind of party that disappears', () => {
    const now = structuredClone(released);
    const role = now.$defs?.['PartyRole'] as Mutable;
    role.properties['party'] = {
      anyOf: [{ $ref: '#/$defs/Person' }, { type: 'null' }],
    } as unknown as Mutable;
    expect(broken(schemaChanges(released, now))).toContain(
      'data.record.soldTo.party: object kind="company" is no longer allowed',
    );
  });

  test('a limit, pattern or format that gets tighter', () => {
    const pairs: [Schema, Schema, string][] = [
      [{ type: 'string', minLength: 1 }, { type: 'string', minLength: 2 }, ': minLength is now 2'],
      [{ type: 'string' }, { type: 'string', maxLength: 9 }, ': maxLength is now 9'],
      [{ type: 'integer', maximum: 9 }, { type: 'integer', maximum: 8 }, ': maximum is now 8'],
      [{ type: 'string' }, { type: 'string', pattern: '^a$' }, ': pattern is now ^a$'],
      [
        { type: 'string', format: 'date' },
        { type: 'string', format: 'date-time' },
        ': format is now date-time',
      ],
      [{}, { type: 'string' }, ': was anything, is now string'],
      [{ type: 'number' }, { type: 'integer' }, ': was number, is now integer'],
      [
        { type: 'object' },
        { type: 'object', additionalProperties: false },
        ': further fields are no longer allowed',
      ],
      [
        { type: 'array', items: { type: 'string' } },
        { type: 'array', items: { type: 'boolean' } },
        '[]: was string, is now boolean',
      ],
      [
        { additionalProperties: { type: 'string' } },
        { additionalProperties: { type: 'null' } },
        '{}: was string, is now null',
      ],
    ];
    for (const [before, after, message] of pairs)
      expect(broken(schemaChanges(before, after))).toEqual([message]);
  });

  test('an event that is gone', () => {
    const current = new Map(eventContracts());
    current.delete('case.observed.v1.schema.json');
    expect(contractChanges(eventContracts(), current)).toEqual([
      { file: 'case.observed.v1.schema.json', kind: 'breaking', path: '', message: 'the event is gone' },
    ]);
  });
});

describe('what readers do not notice', () => {
  test('nothing changed', () => {
    expect(contractChanges(eventContracts(), eventContracts())).toEqual([]);
  });

  test('a field more that is optional, a new event, other words in a description', () => {
    const now = planted('Order', (shape) => {
      shape.properties['loyaltyPoints'] = { type: 'integer', description: 'new' } as unknown as Mutable;
      Object.assign(shape.properties['number'] ?? {}, { description: 'reworded' });
    });
    expect(schemaChanges(released, now)).toEqual([]);
    const current = new Map([...eventContracts(), ['return.observed.v1.schema.json', {}]]);
    expect(contractChanges(eventContracts(), current)).toEqual([]);
  });
});

test('a value more in an enum, or null where there was none, is said aloud but breaks nothing', () => {
  const wider = planted('OrderLine', ({ properties }) => properties['kind']?.enum.push('rental'));
  expect(schemaChanges(released, wider)).toEqual([
    { kind: 'caution', path: 'data.record.lines[].kind', message: 'may now be "rental"' },
  ]);
  const nullable = planted('Order', ({ properties }) =>
    Object.assign(properties['test'] ?? {}, { type: ['boolean', 'null'] }),
  );
  expect(cautions(schemaChanges(released, nullable))).toEqual(['data.record.test: may now be null']);
  expect(broken(schemaChanges(released, nullable))).toEqual([]);
});

test('the last release is read from its folder, and before the first there is none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'contracts-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(releasedContracts(join(folder, 'none'))).toBeNull();
  writeFileSync(join(folder, 'order.observed.v1.schema.json'), JSON.stringify(released));
  const before = releasedContracts(folder);
  expect([...(before?.keys() ?? [])]).toEqual(['order.observed.v1.schema.json']);
  const now = new Map([['order.observed.v1.schema.json', planted('Money', () => undefined)]]);
  expect(contractChanges(before ?? new Map(), now)).toEqual([]);
});
