import { randomUUID } from 'node:crypto';
import type { Json } from '#canonical/json.ts';
import type { Outcome } from '#connector-sdk/outcome.ts';
import { secretTexts } from '#connector-sdk/secrets.ts';
import { newCall } from '#connector-sdk/call.ts';
import { type Delivery, deliver } from '../deliver.ts';
import type { Emulator } from '../emulator.ts';
import { testServices, type TestServices } from '../test-services.ts';
import type { ConformanceSubject } from './subject.ts';

/** An emulator with a connector logged in to it. Everything said on it is checked for secrets when it is closed. */
export type Bench<Client, Platform> = {
  readonly emulator: Emulator<Platform>;
  readonly client: Client;
  readonly services: TestServices;
  /** Remembers a value (outcome, error, finding) for the check. Returns it. */
  readonly saw: <T>(value: T) => T;
  /** Closes everything. @throws Error when a secret was said. */
  readonly close: () => Promise<void>;
};

/** Parses the subject's settings. @throws z.ZodError */
export function configOf<Config, Client, Platform>(
  subject: ConformanceSubject<Config, Client, Platform>,
  url: string,
): Config {
  return subject.connector.config.parse(subject.config({ url }));
}

/** Starts a fresh emulator and opens the connector to it; `warm` makes it log in first, so that faults meet the command alone. */
export async function openBench<Config, Client, Platform>(
  subject: ConformanceSubject<Config, Client, Platform>,
  options: { readonly warm: boolean },
): Promise<Bench<Client, Platform>> {
  const emulator = await subject.emulator();
  const config = configOf(subject, emulator.url);
  const services = testServices({ connection: subject.connection ?? 'test' });
  const client = subject.connector.open(config, services);
  const said: unknown[] = [];
  const saw = <T>(value: T): T => {
    said.push(value);
    return value;
  };
  const bench = {
    emulator,
    client,
    services,
    saw,
    async close() {
      await services.close();
      await emulator.close();
      assertNothingLeaked(secretTexts(subject.connector.config, config), [
        said,
        services.logs,
        services.reports,
      ]);
    },
  };
  if (options.warm) {
    const outcome = saw(await subject.connector.probe(newCall({ timeoutMs: 10_000 }), client));
    if (outcome.kind !== 'done') {
      await bench.close();
      throw new Error(`the probe of a healthy emulator says ${JSON.stringify(outcome)}`);
    }
  }
  return bench;
}

/** Runs the body on a fresh bench and closes it, whatever happens. */
export async function onBench<Config, Client, Platform, T>(
  subject: ConformanceSubject<Config, Client, Platform>,
  options: { readonly warm: boolean },
  body: (bench: Bench<Client, Platform>) => Promise<T>,
): Promise<T> {
  const bench = await openBench(subject, options);
  let failed = true;
  try {
    const result = await body(bench);
    failed = false;
    return result;
  } catch (error) {
    bench.saw(error);
    throw error;
  } finally {
    // A leak must not hide the failure that came first.
    await bench.close().catch((error: unknown) => {
      if (!failed) throw error;
    });
  }
}

/** Sends one request once, as attempt 1 of a command of its own. */
export async function sendOnce<Client, Platform>(
  bench: Bench<Client, Platform>,
  handler: Parameters<typeof deliver>[0],
  request: Json,
  timeoutMs?: number,
): Promise<Outcome> {
  return bench.saw(
    await handler.send(
      request,
      newCall({ timeoutMs: timeoutMs ?? handler.timeoutMs, idempotencyKey: randomUUID() }),
      bench.client,
    ),
  );
}

/** Delivers as the engine does. */
export async function deliverOn<Client, Platform>(
  bench: Bench<Client, Platform>,
  handler: Parameters<typeof deliver>[0],
  request: Json,
  options: { readonly settledMs: number; readonly firstTimeoutMs?: number; readonly key?: string },
): Promise<Delivery> {
  return bench.saw(await deliver(handler, request, bench.client, { key: randomUUID(), ...options }));
}

/** @throws Error that names where a secret stood, without the secret. */
export function assertNothingLeaked(secrets: readonly string[], said: unknown): void {
  const text =
    JSON.stringify(said, (_key, value: unknown) =>
      value instanceof Error
        ? { name: value.name, message: value.message, stack: value.stack, cause: value.cause }
        : value,
    ) ?? '';
  const at = secrets
    .map((secret) => ({ secret, index: text.indexOf(JSON.stringify(secret).slice(1, -1)) }))
    .find(({ index }) => index >= 0);
  if (at !== undefined)
    throw new Error(
      `a secret of the configuration was said: ${text.slice(Math.max(0, at.index - 120), at.index)}[secret of ${at.secret.length} characters]`,
    );
}
