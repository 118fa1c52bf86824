import { type DestinationStream, pino, type Logger as Pino } from 'pino';
import { PinoPretty } from 'pino-pretty';
import type { Logger } from '#connector-sdk/services.ts';
import { maskSecrets } from '#connector-sdk/secrets.ts';
import type { Settings } from './config/environment.ts';

/** A log that never shows the secrets of the installation, in whatever field or text they come. */
export type MaskedLog = Logger & {
  /** The same with fields that stand on every line, and further secrets. */
  with(fields: Record<string, string>, secrets?: readonly string[]): MaskedLog;
};

/** Writes to stdout unless another destination is given. `secrets`: see `secretTexts`. */
export function openLog(
  settings: Pick<Settings, 'LOG_LEVEL' | 'LOG_FORMAT'>,
  secrets: readonly string[] = [],
  destination: DestinationStream = pino.destination(1),
): MaskedLog {
  const options = { level: settings.LOG_LEVEL, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  const target =
    settings.LOG_FORMAT === 'pretty'
      ? pino(options, PinoPretty({ sync: true, destination }))
      : pino(options, destination);
  return masked(target, secrets);
}

function masked(target: Pino, secrets: readonly string[]): MaskedLog {
  const write =
    (level: 'info' | 'warn' | 'error') =>
    (fields: Record<string, unknown>, message: string): void => {
      if (target.isLevelEnabled(level))
        target[level](maskSecrets(fields, secrets), maskSecrets(message, secrets) as string);
    };
  return {
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    with: (fields, more = []) =>
      masked(
        target.child(fields),
        // Longest first, so that a part is never replaced inside a whole.
        [...new Set([...secrets, ...more])].sort((a, b) => b.length - a.length),
      ),
  };
}
