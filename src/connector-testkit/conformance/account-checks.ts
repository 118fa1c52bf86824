import { describe, expect, test } from 'vitest';
import { newCall } from '#connector-sdk/call.ts';
import type { PollResult } from '#connector-sdk/connector.ts';
import { mapped } from '#connector-sdk/mapping.ts';
import type { JsonObject } from '#canonical/json.ts';
import { onBench } from './bench.ts';
import { defaultFaults, impatienceMs } from './faults.ts';
import type { ConformanceSubject, FaultName } from './subject.ts';

/** Probe, doctor and pollers: what talks to the account without being a command. */
export function accountChecks<Config, Client, Platform>(
  subject: ConformanceSubject<Config, Client, Platform>,
): void {
  const { connector } = subject;
  const call = (timeoutMs = 5_000) => newCall({ timeoutMs });

  describe('probe', () => {
    test('a healthy platform answers', () =>
      onBench(subject, { warm: false }, async ({ client, saw }) => {
        expect(saw(await connector.probe(call(), client))).toMatchObject({ kind: 'done' });
      }));
    test('a platform that cannot be reached is unavailable', () =>
      onBench(subject, { warm: false }, async ({ client, emulator, saw }) => {
        await emulator.close();
        expect(saw(await connector.probe(call(), client))).toMatchObject({ kind: 'unavailable' });
      }));
    test('refused credentials are unauthorized', () =>
      onBench(subject, { warm: false }, async ({ client, emulator, saw }) => {
        emulator.faults.often(defaultFaults['not authorised'].fault, 1);
        expect(saw(await connector.probe(call(), client))).toMatchObject({ kind: 'unauthorized' });
      }));
  });

  describe('doctor', () => {
    const sayings = [undefined, 'not authorised', 'server error', 'cut before the effect'] as const;
    test.each(sayings)(
      'under "%s" it gives findings, each with what to do about it, and never throws',
      (faultName) =>
        onBench(subject, { warm: false }, async ({ client, emulator, saw }) => {
          if (faultName !== undefined) emulator.faults.often(defaultFaults[faultName].fault, 1);
          const findings = saw(await connector.doctor(call(), client));
          expect(findings.length).toBeGreaterThan(0);
          for (const finding of findings) {
            expect([finding.check.trim(), finding.detail.trim()]).not.toContain('');
            if (finding.level !== 'ok')
              expect(finding.remedy ?? '', `${finding.check}: a remedy`).not.toBe('');
          }
          if (faultName !== undefined) expect(findings.map(({ level }) => level)).toContain('error');
        }),
    );
  });

  describe.each(Object.entries(connector.pollers))('poller %s', (_name, poller) => {
    test('reads to the end, and every record maps', () =>
      onBench(subject, { warm: true }, async ({ client, saw }) => {
        let cursor: string | null = null;
        for (let page = 0; page < 100; page += 1) {
          await poller.awaitNews?.(cursor, call(), client);
          const result: PollResult = saw(await poller.poll(cursor, call(), client));
          expect(result.kind, JSON.stringify(result).slice(0, 300)).toBe('read');
          if (result.kind !== 'read') return;
          for (const record of result.records) {
            const mapping = connector.inbound[record.topic];
            expect(mapping, record.topic).toBeDefined();
            const told = mapped(() =>
              mapping?.subject(record.body as JsonObject, subject.connection ?? 'test'),
            );
            expect(told).toMatchObject({ ok: true });
          }
          cursor = result.cursor;
          if (!result.more) return;
        }
        throw new Error('100 pages, and still more: the cursor does not move');
      }));
    const faults: readonly FaultName[] = [
      'rate limit',
      'not authorised',
      'server error',
      'cut before the effect',
      'silence before the effect',
    ];
    test.each(faults)('"%s" moves no cursor and throws nothing', (faultName) =>
      onBench(subject, { warm: true }, async ({ client, emulator, saw }) => {
        emulator.faults.often(defaultFaults[faultName].fault, 1);
        const result = saw(
          await poller.poll(null, call(faultName.startsWith('silence') ? impatienceMs : 5_000), client),
        );
        expect(['rate-limited', 'unavailable', 'unauthorized', 'outcome-unknown']).toContain(result.kind);
      }),
    );
  });
}
