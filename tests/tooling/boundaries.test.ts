import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { layers } from '../../layers.ts';
import { checkBoundaries } from '../../scripts/boundary-check.ts';

const root = join(import.meta.dirname, '../..');
const trees: string[] = [];

afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true });
});

type Files = Readonly<Record<string, string>>;

/** Lays out a small repository with this repository's manifest and packages. */
function repositoryWith(files: Files): string {
  const tree = mkdtempSync(join(tmpdir(), 'boundaries-'));
  trees.push(tree);
  cpSync(join(root, 'package.json'), join(tree, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  for (const [path, source] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), source);
  }
  return tree;
}

/** The names of the rules that a tree breaks, by the check that `npm run boundaries` runs. */
async function broken(files: Files): Promise<string[]> {
  const { violations } = await checkBoundaries(repositoryWith(files));
  return [...new Set(violations.map((violation) => violation.rule))].toSorted();
}

const order = {
  'src/canonical/order.ts': `export interface Order { id: string }\nexport const statuses = ['open'];`,
};
const process = {
  'src/processes/order/decide.ts': `export interface Decision { commands: string[] }\nexport const decide = () => 1;`,
};

describe('a legal tree passes', () => {
  test('when each layer imports what its list names', async () => {
    const tree = {
      ...order,
      ...process,
      'src/connector-sdk/outcome.ts': `import type { Order } from '#canonical/order.ts';\nexport type Outcome = Order;`,
      'src/connectors/acme/inbound/order-created.ts': `import { z } from 'zod';\nimport { statuses } from '#canonical/order.ts';\nexport const schema = z.enum(statuses);`,
      'src/connectors/acme/client.ts': `import { request } from 'undici';\nimport type { Outcome } from '#connector-sdk/outcome.ts';\nexport const send = (): Outcome | typeof request => request;`,
      'src/connectors/acme/emulator.ts': `import { faults } from '#connector-testkit/faults.ts';\nexport const port = faults;`,
      'src/connector-testkit/faults.ts': `import { createServer } from 'node:http';\nexport const faults = createServer;`,
      'src/dispatch/step.ts': `import type { Decision } from '#processes/order/decide.ts';\nexport type Step = Decision;`,
      'src/dispatch/lane-rules/order.ts': `export const next = 1;`,
      'src/server/main.ts': `import { decide } from '#processes/order/decide.ts';\nimport { send } from '#connectors/acme/client.ts';\nexport const started = [decide, send];`,
      'simulation/main.ts': `import { decide } from '#processes/order/decide.ts';\nimport { next } from '#dispatch/lane-rules/order.ts';\nexport const run = [decide, next];`,
      'src/canonical/order.test.ts': `import { readFileSync } from 'node:fs';\nimport { statuses } from './order.ts';\nexport const seen = [readFileSync, statuses];`,
    };
    expect(await broken(tree)).toEqual([]);
  });
});

describe('the check fails', () => {
  const cases: readonly { title: string; files: Files; rule: string }[] = [
    {
      title: 'when the canonical layer imports another',
      files: {
        'src/canonical/order.ts': `import { send } from '#journal/outbox.ts';\nexport const order = send;`,
        'src/journal/outbox.ts': `export const send = 1;`,
      },
      rule: 'canonical-imports-only-its-list',
    },
    {
      title: 'when a lower layer imports a type of a higher one',
      files: {
        'src/journal/outbox.ts': `import type { Step } from '#dispatch/step.ts';\nexport type Sent = Step;`,
        'src/dispatch/step.ts': `export interface Step { id: string }`,
      },
      rule: 'journal-imports-only-its-list',
    },
    {
      title: 'when a relative path goes around the subpath import',
      files: {
        ...order,
        'torture/checker.ts': `import { statuses } from '../src/canonical/order.ts';\nexport const seen = statuses;`,
      },
      rule: 'torture-imports-only-its-list',
    },
    {
      title: 'when an import is made at run time',
      files: {
        ...process,
        'src/ops/orders.ts': `export const load = () => import('#processes/order/decide.ts');`,
      },
      rule: 'ops-imports-only-its-list',
    },
    {
      title: 'when a connector imports its neighbour',
      files: {
        'src/connectors/acme/client.ts': `import { token } from '../zenith/client.ts';\nexport const own = token;`,
        'src/connectors/zenith/client.ts': `export const token = 1;`,
      },
      rule: 'connectors-do-not-import-each-other',
    },
    {
      title: "when a connector's test imports its neighbour",
      files: {
        'src/connectors/acme/acme.test.ts': `import { token } from '#connectors/zenith/client.ts';\nexport const own = token;`,
        'src/connectors/zenith/client.ts': `export const token = 1;`,
      },
      rule: 'connectors-do-not-import-each-other',
    },
    {
      title: 'when a connector ships with the testkit',
      files: {
        'src/connectors/acme/client.ts': `import { faults } from '#connector-testkit/faults.ts';\nexport const own = faults;`,
        'src/connector-testkit/faults.ts': `export const faults = 1;`,
      },
      rule: 'connectors-imports-only-its-list',
    },
    {
      title: 'when dispatch runs a process by itself',
      files: {
        ...process,
        'src/dispatch/step.ts': `import { decide } from '#processes/order/decide.ts';\nexport const step = decide;`,
      },
      rule: 'dispatch-takes-only-types-of-processes',
    },
    {
      title: 'when dispatch takes a type and, beside it, behaviour',
      files: {
        ...process,
        'src/dispatch/step.ts': `import type { Decision } from '#processes/order/decide.ts';\nimport { decide } from '#processes/order/decide.ts';\nexport const step = (): Decision | number => decide();`,
      },
      rule: 'dispatch-takes-only-types-of-processes',
    },
    {
      title: 'when the simulation reaches past the pure lane rules',
      files: {
        'simulation/main.ts': `import { pool } from '#dispatch/pool.ts';\nexport const run = pool;`,
        'src/dispatch/pool.ts': `export const pool = 1;`,
      },
      rule: 'simulation-imports-only-its-list',
    },
    {
      title: 'when the product imports the sandbox',
      files: {
        'src/server/main.ts': `import { demo } from '#sandbox/demo/main.ts';\nexport const run = demo;`,
        'sandbox/demo/main.ts': `export const demo = 1;`,
      },
      rule: 'server-imports-only-its-list',
    },
    {
      title: 'when a process uses a built-in',
      files: {
        'src/processes/order/decide.ts': `import { randomUUID } from 'node:crypto';\nexport const id = randomUUID;`,
      },
      rule: 'processes-no-builtins',
    },
    {
      title: 'when a process uses a package that is not pure',
      files: { 'src/processes/order/decide.ts': `import pino from 'pino';\nexport const log = pino;` },
      rule: 'processes-only-pure-packages',
    },
    {
      title: 'when a mapping reads a file',
      files: {
        'src/connectors/acme/outbound/create-order.ts': `import { readFileSync } from 'node:fs';\nexport const read = readFileSync;`,
      },
      rule: 'mappings-no-io-builtins',
    },
    {
      title: 'when a mapping calls a platform',
      files: {
        'src/connectors/acme/inbound/order-created.ts': `import { request } from 'undici';\nexport const call = request;`,
      },
      rule: 'mappings-no-io-packages',
    },
    {
      title: 'when the canonical layer asks for a timer',
      files: {
        'src/canonical/order.ts': `import { setTimeout } from 'node:timers/promises';\nexport const wait = setTimeout;`,
      },
      rule: 'canonical-no-io-builtins',
    },
    {
      title: 'when two files need each other, if only for types',
      files: {
        'src/canonical/order.ts': `import type { Line } from './line.ts';\nexport interface Order { lines: Line[] }`,
        'src/canonical/line.ts': `import type { Order } from './order.ts';\nexport interface Line { order: Order }`,
      },
      rule: 'no-cycles',
    },
    {
      title: 'when a subpath import leads nowhere',
      files: {
        'src/canonical/order.ts': `import { missing } from '#canonical/missing.ts';\nexport const order = missing;`,
      },
      rule: 'no-unresolved-import',
    },
    {
      title: 'when a folder in src is in no layer',
      files: {
        ...order,
        'src/extras/order.ts': `import { statuses } from '#canonical/order.ts';\nexport const seen = statuses;`,
      },
      rule: 'every-folder-is-a-layer',
    },
    {
      title: 'when the product runs on a development package',
      files: { 'src/api/schema.ts': `import { parse } from 'graphql';\nexport const schema = parse;` },
      rule: 'product-runs-without-dev-packages',
    },
  ];

  test.each(cases)('$title', async ({ files, rule }) => {
    expect(await broken(files)).toContain(rule);
  });
});

test('every layer has a folder of its own', () => {
  expect(new Set(layers.map((layer) => layer.folder)).size).toBe(layers.length);
});
