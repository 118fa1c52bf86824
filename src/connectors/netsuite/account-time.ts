/*
 * Dates of SuiteQL stand in the account's time zone, without saying so. `text` is always "YYYY-MM-DD HH:MM:SS".
 */

/** An instant as the account's clock shows it. */
export function accountText(ms: number, timeZone: string): string {
  return new Date(ms + offsetMs(ms, timeZone)).toISOString().slice(0, 19).replace('T', ' ');
}

/**
 * The instant that a clock reading stands for. In the hour that comes twice in autumn it is the later one that is not after
 * `knownBeforeMs`, the moment at which we read it. Milliseconds since the epoch; NaN for text that is no reading.
 */
export function accountInstant(text: string, timeZone: string, knownBeforeMs: number): number {
  const wallMs = Date.parse(`${text.replace(' ', 'T')}Z`);
  if (Number.isNaN(wallMs)) return Number.NaN;
  // The offsets on both sides of any change nearby; each gives an instant, and those that read back as `text` are real.
  const offsets = [wallMs - 86_400_000, wallMs + 86_400_000].map((near) => offsetMs(near, timeZone));
  const real = [...new Set(offsets.map((offset) => wallMs - offset))]
    .filter((ms) => accountText(ms, timeZone) === text)
    .toSorted((a, b) => a - b);
  // A reading that the clock skipped in spring cannot come from it; taken with the offset before.
  return real.findLast((ms) => ms <= knownBeforeMs) ?? real[0] ?? wallMs - (offsets[0] ?? 0);
}

/** How far the account's clock was set back within the last three hours, in milliseconds: so far a new reading may lie behind an old one. */
export const setBackMs = (ms: number, timeZone: string): number =>
  Math.max(0, offsetMs(ms - 3 * 3_600_000, timeZone) - offsetMs(ms, timeZone));

const formats = new Map<string, Intl.DateTimeFormat>();

/** Of local time to UTC. */
function offsetMs(ms: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(timeZone, format);
  }
  const part = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const wallMs = Date.UTC(
    part['year'] ?? 0,
    (part['month'] ?? 1) - 1,
    part['day'],
    part['hour'],
    part['minute'],
    part['second'],
  );
  return wallMs - Math.floor(ms / 1000) * 1000;
}
