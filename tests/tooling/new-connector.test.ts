import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BadNameError, registryLines, scaffoldConnector } from '../../scripts/scaffold-connector.ts';

const repository = process.cwd();
/** Runs an installed tool in the scaffold's root, with the Node that runs this test. */
const run = (script: string, args: readonly string[]) =>
  promisify(execFile)(process.execPath, [join(repository, 'node_modules', script), ...args], { cwd: root });
const root = mkdtempSync(join(tmpdir(), 'new-connector-'));
const good = 'acme-erp-2';

type Defect = { readonly file: string; readonly from: string; readonly to: string; readonly caught: RegExp };
/**
 * What a connector may get wrong; the suite must name each in the title or the message of a failed test. Defects that do not
 * hide each other share a scaffold (the outer key), since each scaffold costs seconds.
 */
const defects: Readonly<Record<string, Readonly<Record<string, Defect>>>> = {
  'edge-defects': {
    'makes missing money 0': {
      file: 'order-record.ts',
      from: 'total: decimalSchema',
      to: "total: z.string().nullish().transform((total) => total ?? '0')",
      caught: /no money is silently lost/,
    },
    'looks at the clock': {
      file: 'inbound/order-changed.ts',
      from: 'at: order.changedAt',
      to: 'at: new Date(performance.timeOrigin + performance.now()).toISOString()',
      caught: /order-shipped maps as the fixture says/,
    },
    'tells another subject than its events': {
      file: 'inbound/order-changed.ts',
      from: 'parseWith(subjectSchema, body).order.id',
      to: "'1'",
      caught: /the subject, told from the body alone/,
    },
    'changes its input': {
      file: 'outbound/order-cancel.ts',
      from: 'return {',
      to: "Object.assign(payload, { reason: 'other' });\n  return {",
      caught: /order-cancel renders as the fixture says.*leaves its input alone/,
    },
    'signs meaning, not bytes': {
      file: 'webhook.ts',
      from: '.update(body)',
      to: ".update(JSON.stringify(parsed(body) ?? 'none'))",
      caught: /written otherwise is refused/,
    },
    'takes recordings': {
      file: 'webhook.ts',
      from: '> toleranceMs',
      to: '> 1e15',
      caught: /too old or from the future/,
    },
    'leaves a setting undescribed': {
      file: 'config.ts',
      from: ".describe('calls at the same time')",
      to: '',
      caught: /every setting is described/,
    },
    'does not declare a secret': {
      file: 'config.ts',
      from: '.meta({ secret: true })',
      to: '',
      caught: /sounds like a secret is declared one/,
    },
    'takes any setting': {
      file: 'config.ts',
      from: 'z.strictObject',
      to: 'z.object',
      caught: /an unknown setting is refused/,
    },
  },
  'crashes-and-leaks': {
    'crashes on bad input': {
      file: 'inbound/order-changed.ts',
      from: 'parseWith(bodySchema, message.body);',
      to: 'message.body as never as z.infer<typeof bodySchema>;',
      caught: /whatever is "removed"/,
    },
    'logs a secret': {
      file: 'client.ts',
      from: '    return reply;',
      to: "    this.#services.log.info({ key: this.#config.apiKey }, 'asked');\n    return reply;",
      caught: /a secret of the configuration was said/,
    },
  },
  'sends-blindly-again': {
    'sends blindly again': {
      file: 'connector.ts',
      from: "safety: { kind: 'lookup-first' }",
      to: "safety: { kind: 'upsert' }",
      caught: /after "cut after the effect" the declared safety holds/,
    },
    'calls what it will never take a hiccup': {
      file: 'client.ts',
      from: 'status >= 500',
      to: 'status >= 400',
      caught: /"bad request" is told for what it is/,
    },
  },
  'calls-lost-unavailable': {
    'calls a lost answer unavailable': {
      file: 'client.ts',
      from: "{ kind: 'outcome-unknown', detail }",
      to: "{ kind: 'unavailable', retryAfterMs: null, detail }",
      caught: /"cut after the effect" is told for what it is.*also when the search lags behind/,
    },
  },
  'never-finds': {
    'never finds what it did': {
      file: 'cancel-delivery.ts',
      from: "=== 'cancelled'",
      to: "=== 'shipped'",
      caught: /is found afterwards/,
    },
  },
};

type Report = {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
};
let report: Report;

beforeAll(async () => {
  for (const path of [
    'src/canonical',
    'src/connector-sdk',
    'src/connector-testkit',
    'package.json',
    'tsconfig.json',
  ]) {
    cpSync(join(repository, path), join(root, path), { recursive: true });
  }
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
  scaffoldConnector(root, good);
  for (const [name, planted] of Object.entries(defects)) {
    scaffoldConnector(root, name);
    for (const { file, from, to } of Object.values(planted)) {
      const path = join(root, 'src/connectors', name, file);
      const sound = readFileSync(path, 'utf8');
      if (!sound.includes(from)) throw new Error(`${name}: ${file} has no "${from}" to spoil`);
      writeFileSync(
        path,
        sound.replace(from, () => to),
      );
    }
  }
  writeFileSync(
    join(root, 'vitest.config.mjs'),
    "export default { test: { include: ['src/connectors/**/*.test.ts'], pool: 'threads', maxWorkers: 2, testTimeout: 30000 } };",
  );
  await run('vitest/vitest.mjs', ['run', '--reporter=json', '--outputFile=report.json']).catch(
    () => undefined,
  ); // most of it must fail
  report = JSON.parse(readFileSync(join(root, 'report.json'), 'utf8')) as Report;
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const resultsOf = (name: string) =>
  report.testResults
    .filter((file) => file.name.includes(`/src/connectors/${name}/`))
    .flatMap((file) => file.assertionResults);

test('a new connector passes its own tests and the conformance suite as it is', () => {
  const results = resultsOf(good);
  expect(results.length).toBeGreaterThan(80);
  expect(results.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName)).toEqual([]);
});

test('and compiles', async () => {
  writeFileSync(
    join(root, 'tsconfig.new.json'),
    JSON.stringify({ extends: './tsconfig.json', include: [`src/connectors/${good}`] }),
  );
  await expect(run('typescript/bin/tsc', ['-p', 'tsconfig.new.json'])).resolves.toMatchObject({ stdout: '' });
}, 60_000);

test('nothing in it still has the name of the template', () => {
  const folder = join(root, 'src/connectors', good);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  for (const entry of entries) {
    expect(entry.name).not.toContain('example');
    expect(
      readFileSync(join(entry.parentPath, entry.name), 'utf8').replaceAll('example.com', ''),
      entry.name,
    ).not.toMatch(/example/i);
  }
  expect(readFileSync(join(folder, 'connector.ts'), 'utf8')).toContain("id: 'acme-erp-2'");
  expect(registryLines(good)).toEqual([
    "import { acmeErp2 } from '#connectors/acme-erp-2/connector.ts';",
    '  acmeErp2,',
  ]);
});

const planted = Object.entries(defects).flatMap(([name, those]) =>
  Object.entries(those).map(([title, { caught }]) => ({ name, title, caught })),
);
describe('the conformance suite catches a connector that', () => {
  test.each(planted)('$title', ({ name, caught }) => {
    const failures = resultsOf(name)
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages.join(' ')}`);
    expect(failures.join('\n').replaceAll('\n', ' ')).toMatch(caught);
  });
});

describe('a name is refused with the reason', () => {
  test.each([
    '',
    'Acme',
    'acme_erp',
    '-acme',
    'acme-',
    'a--b',
    '../up',
    'acme/erp',
    '2acme',
    'a',
    'x'.repeat(41),
    'class',
    'example',
    'köln',
  ])('"%s"', (name) => {
    expect(() => scaffoldConnector(root, name)).toThrow(BadNameError);
  });
  test('of a connector that is there, and nothing of it is touched', () => {
    const before = readFileSync(join(root, 'src/connectors', good, 'connector.ts'), 'utf8');
    expect(() => scaffoldConnector(root, good)).toThrow(/there is a connector "acme-erp-2" already/);
    expect(readFileSync(join(root, 'src/connectors', good, 'connector.ts'), 'utf8')).toBe(before);
  });
});
