import { describe, expect, test } from 'vitest';
import { configFields, configPathText } from '#connector-sdk/config-fields.ts';
import { maskConfig, secretTexts } from '#connector-sdk/secrets.ts';
import type { AnyHandler } from '../deliver.ts';
import { configOf } from './bench.ts';
import type { ConformanceSubject } from './subject.ts';

const nowhere = 'http://127.0.0.1:9';
/** Words in a field's last name that say it must not be shown. */
const soundsSecret = /(secret|password|passphrase|privatekey|apikey|accesstoken|refreshtoken|^token)$/i;

/** What a connector says of itself: complete, described, and true to its own rules. */
export function declarationChecks<Config, Client, Platform>(
  subject: ConformanceSubject<Config, Client, Platform>,
): void {
  const { connector } = subject;
  const fields = configFields(connector.config);
  const handlers = Object.entries(connector.commands) as [string, AnyHandler][];

  describe('declaration', () => {
    test('every setting is described', () => {
      expect(
        fields
          .filter((field) => (field.description ?? '').trim() === '')
          .map((field) => configPathText(field.path)),
      ).toEqual([]);
    });
    test('every setting that sounds like a secret is declared one', () => {
      const open = fields.filter(
        (field) => !field.secret && soundsSecret.test(field.path.at(-1) ?? '') && field.type === 'string',
      );
      expect(open.map((field) => configPathText(field.path))).toEqual([]);
    });
    test('an unknown setting is refused', () => {
      const known = subject.config({ url: nowhere }) as Record<string, unknown>;
      expect(connector.config.safeParse(known).success).toBe(true);
      expect(connector.config.safeParse({ ...known, surelyNoSetting: 1 }).success).toBe(false);
    });
    test('the settings under test hold secrets long enough to be found again, and masking removes them', () => {
      const config = configOf(subject, nowhere);
      const secrets = secretTexts(connector.config, config);
      if (fields.some((field) => field.secret)) expect(secrets.length).toBeGreaterThan(0);
      const shown = JSON.stringify(maskConfig(connector.config, config));
      for (const secret of secrets) {
        expect(
          secret.length,
          'a secret that is a common word would be found everywhere',
        ).toBeGreaterThanOrEqual(8);
        expect(shown.includes(secret)).toBe(false);
      }
    });
    test('limits are positive', () => {
      const { concurrency, bucket } = connector.limits(configOf(subject, nowhere));
      expect(concurrency).toBeGreaterThanOrEqual(1);
      if (bucket !== null) expect(Math.min(bucket.capacity, bucket.refillPerSecond)).toBeGreaterThan(0);
    });
    test('id, title, version and roles are given', () => {
      expect(connector.id).toMatch(/^[a-z][a-z0-9-]*$/);
      expect([connector.title, connector.apiVersion].every((text) => text.trim() !== '')).toBe(true);
      expect(connector.roles.length).toBeGreaterThan(0);
    });
    test('there is something to do: an inbound topic or a command', () => {
      expect(Object.keys(connector.inbound).length + handlers.length).toBeGreaterThan(0);
    });

    for (const [name, handler] of handlers) {
      test(`${name}: its name, times and safety agree`, () => {
        expect(handler.name).toBe(name);
        expect(handler.timeoutMs).toBeGreaterThan(0);
        expect(Math.min(handler.settleMs, handler.searchLagMs)).toBeGreaterThanOrEqual(0);
        if (handler.safety.kind === 'lookup-first')
          expect('find' in handler, 'lookup-first needs find').toBe(true);
        if (handler.safety.kind === 'idempotency-key')
          expect(handler.safety.lifetimeMs).toBeGreaterThan(handler.timeoutMs);
      });
      test(`${name}: has a fixture and a trial`, () => {
        const trial = subject.trials[name as keyof typeof subject.trials];
        expect(trial, `trials['${name}']`).toBeDefined();
        expect(
          subject.commands.filter((fixture) => fixture.command === name).map((fixture) => fixture.name),
        ).toContain(trial?.fixture);
      });
    }
    test('every mapping has a fixture, under one of its topics', () => {
      const shown = new Set(subject.inbound.map(({ message }) => connector.inbound[message.topic]));
      expect(
        Object.entries(connector.inbound)
          .filter(([, mapping]) => !shown.has(mapping))
          .map(([topic]) => topic),
      ).toEqual([]);
    });
  });
}
