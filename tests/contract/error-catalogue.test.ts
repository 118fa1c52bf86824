import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { codesIn, errorCatalogue, type ErrorCode, type ErrorGroup } from '#canonical/error-catalogue.ts';
import { platformRefusals } from '#canonical/platform-refusals.ts';
import type { Refusal } from '#connector-sdk/connector.ts';
import { orderExceptions } from '#processes/order-to-cash/exception-catalogue.ts';

const page = readFileSync('docs/reference/errors.md', 'utf8');
const documented = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1] ?? '');
const codes = Object.keys(errorCatalogue) as ErrorCode[];

const sources = globSync('src/**/*.{ts,sql}').filter(
  (path) =>
    !/\.test\.ts$|fixtures\/|testing\/|emulator|catalogue\.ts$|platform-refusals\.ts$|testkit/.test(path),
);
const texts = sources.map((path) => ({ path, text: readFileSync(path, 'utf8') }));
const isConnector = (path: string) => path.startsWith('src/connectors/');
const found = (pattern: RegExp, inConnectors: boolean) =>
  texts
    .filter(({ path }) => isConnector(path) === inConnectors)
    .flatMap(({ path, text }) =>
      [...text.matchAll(pattern)].map((match) => ({ path, code: match[1] ?? '' })),
    );
const literals = found(
  /(?:\bcause: |kind: 'rejected', code: |\bparked\(|\brejected\(state, )'([a-z]+(?:-[a-z]+)*)'/g,
  false,
);
const refusals = found(/(?:kind: 'rejected',\s*code: |throw rejected\()'([a-z]+(?:-[a-z]+)*)'/g, true);

/** What ends as superseded says by which version, and needs no code; the page explains the word. */
const awaited: readonly string[] = ['stale-version'];

describe('the catalogue, the docs and the code agree', () => {
  test('every code is documented, and nothing else is', () => {
    expect(documented.toSorted()).toEqual(
      [...codes, ...Object.keys(platformRefusals), ...Object.keys(orderExceptions)].toSorted(),
    );
  });

  test('every cause that the code writes down is in the catalogue', () => {
    const known = new Set<string>([...codes, ...Object.keys(orderExceptions)]);
    expect(literals.filter(({ code }) => !known.has(code))).toEqual([]);
    expect(literals.length).toBeGreaterThan(0);
  });

  test('every refusal that a connector names is in the catalogue', () => {
    expect(refusals.filter(({ code }) => !Object.hasOwn(platformRefusals, code))).toEqual([]);
    expect(refusals.length).toBeGreaterThan(0);
  });

  test('every code of the catalogue is said somewhere', () => {
    const all = [...codes, ...Object.keys(platformRefusals), ...Object.keys(orderExceptions)];
    const unsaid = all.filter((code) => !texts.some(({ text }) => text.includes(`'${code}'`)));
    expect([...new Set(unsaid)].toSorted()).toEqual(awaited.toSorted());
  });

  test('intake refuses for exactly the reasons that the connector contract has', () => {
    const reasons: Record<Refusal['reason'], true> = {
      'signature-missing': true,
      'signature-invalid': true,
      stale: true,
      'wrong-source': true,
      malformed: true,
    };
    expect(codesIn('refused').toSorted()).toEqual(Object.keys(reasons).toSorted());
  });

  test('a code says in words what it means, what happens next and what to do', () => {
    for (const code of codes) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      for (const text of [errorCatalogue[code].means, errorCatalogue[code].next, errorCatalogue[code].remedy])
        expect(text, code).toMatch(/^[A-Z].*\.$/);
    }
  });

  test('every group has codes', () => {
    const groups: ErrorGroup[] = ['refused', 'parked', 'rejected', 'superseded'];
    expect(groups.flatMap((group) => codesIn(group)).toSorted()).toEqual(codes.toSorted());
    for (const group of groups) expect(codesIn(group), group).not.toEqual([]);
  });
});
