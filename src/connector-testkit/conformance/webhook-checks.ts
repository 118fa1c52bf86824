import { describe, expect, test } from 'vitest';
import type { Delivery, Refusal, WebhookReceiver } from '#connector-sdk/connector.ts';
import { configOf } from './bench.ts';
import type { ConformanceSubject, WebhookTrial } from './subject.ts';

/** A fixed instant: verification takes its clock as an argument. */
const nowMs = Date.parse('2026-11-24T12:00:00.000Z');

/** Only what the platform signed, as it signed it, is let in. */
export function webhookChecks<Config, Client, Platform>(
  subject: ConformanceSubject<Config, Client, Platform>,
): void {
  const { webhook } = subject.connector;
  describe('webhook', () => {
    test('a receiver has a trial, and a trial a receiver', () =>
      expect(webhook === undefined).toBe(subject.webhook === undefined));
    if (webhook !== undefined && subject.webhook !== undefined)
      receiverChecks(webhook, subject.webhook, configOf(subject, 'http://127.0.0.1:9'));
  });
}

function receiverChecks<Config>(
  receiver: WebhookReceiver<Config>,
  trial: WebhookTrial<Config>,
  config: Config,
): void {
  const body = Buffer.from(JSON.stringify(trial.body));
  const headers = trial.sign(body, config, nowMs);
  const verify = (over: {
    headers?: Readonly<Record<string, string>>;
    body?: Buffer;
    nowMs?: number;
    config?: Config;
  }): Delivery | Refusal => receiver.verify({ headers, body, nowMs, ...over }, over.config ?? config);
  const refused = { ok: false };
  const signature = headers[trial.signatureHeader] ?? '';
  const withSignature = (text: string) => ({ headers: { ...headers, [trial.signatureHeader]: text } });

  test('what the platform signed is let in, with its topic and its event id', () => {
    expect(verify({})).toMatchObject({
      ok: true,
      topic: expect.stringMatching(/./) as string,
      sourceEventId: expect.stringMatching(/./) as string,
    });
    expect(verify({})).toEqual(verify({}));
  });
  test('without its signature, or with an empty one, it is refused', () => {
    const { [trial.signatureHeader]: _gone, ...unsigned } = headers;
    expect(verify({ headers: unsigned })).toEqual({ ok: false, reason: 'signature-missing' });
    expect(verify(withSignature(''))).toMatchObject(refused);
    expect(verify({ headers: {} })).toMatchObject(refused);
  });
  test('signed with another secret it is refused', () => {
    expect(verify({ headers: trial.sign(body, trial.otherSecret(config), nowMs) })).toMatchObject(refused);
    expect(verify({ config: trial.otherSecret(config) })).toMatchObject(refused);
  });
  test('a body altered by one byte, shortened or emptied is refused', () => {
    const step = Math.max(1, Math.floor(body.length / 200));
    for (let at = 0; at < body.length; at += step) {
      const altered = Buffer.from(body);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(verify({ body: altered }), `byte ${at}`).toMatchObject(refused);
    }
    for (const other of [body.subarray(0, -1), Buffer.concat([body, Buffer.from(' ')]), Buffer.alloc(0)])
      expect(verify({ body: other })).toMatchObject(refused);
  });
  test('the same JSON written otherwise is refused: bytes are signed, not meaning', () => {
    expect(verify({ body: Buffer.from(JSON.stringify(trial.body, null, 1)) })).toMatchObject(refused);
  });
  test('a forged signature is refused, of whatever length and alphabet, and crashes nothing', () => {
    const forged = signature.split('').flatMap((character, at) => {
      // The last characters of base64 may carry bits that mean nothing.
      if (at >= signature.length - 3) return [];
      return [`${signature.slice(0, at)}${character === 'A' ? 'B' : 'A'}${signature.slice(at + 1)}`];
    });
    for (const text of [
      ...forged,
      'x',
      signature.slice(0, 8),
      signature.slice(0, -4),
      ' ',
      '=',
      '\u0000',
      'é'.repeat(44),
      'A'.repeat(100_000),
      'null',
      '[]',
    ]) {
      if (text !== signature) expect(verify(withSignature(text)), text.slice(0, 80)).toMatchObject(refused);
    }
  });
  test.skipIf(trial.staleAfterMs === null)(
    'too old or from the future it is refused: a recording cannot be played again',
    () => {
      const aloof = (trial.staleAfterMs ?? 0) + 1_000;
      expect(verify({ nowMs: nowMs + aloof })).toEqual({ ok: false, reason: 'stale' });
      expect(verify({ nowMs: nowMs - aloof })).toMatchObject(refused);
    },
  );
  test('a signed body that is not JSON crashes nothing', () => {
    const text = Buffer.from('{"cut');
    expect(() => verify({ body: text, headers: trial.sign(text, config, nowMs) })).not.toThrow();
  });
}
