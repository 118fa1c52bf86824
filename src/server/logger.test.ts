import { expect, test } from 'vitest';
import { openLog } from './logger.ts';

function logged(write: (log: ReturnType<typeof openLog>) => void): string {
  let text = '';
  const destination = { write: (line: string) => void (text += line) };
  write(openLog({ LOG_LEVEL: 'info', LOG_FORMAT: 'json' }, ['canary-one'], destination));
  return text;
}

test('secrets are hidden wherever they come: fields, keys, errors, messages', () => {
  const text = logged((log) => {
    log.info({ deep: [{ token: 'x canary-one y' }], 'canary-one': 1 }, 'said canary-one');
    log.error({ error: new Error('refused canary-one') }, 'failed');
  });
  expect(text).not.toContain('canary-one');
  expect(text.split('\n')[0]).toMatch(/"deep":\[\{"token":"x \*\*\* y"\}\].*"msg":"said \*\*\*"/);
});

test('a connection hides its own secrets too, and keeps its fields on every line', () => {
  const text = logged((log) =>
    log.with({ connection: 'erp' }, ['canary-two']).warn({ token: 'canary-two canary-one' }, 'hm'),
  );
  expect(text).toMatch(/"connection":"erp","token":"\*\*\* \*\*\*"/);
});
