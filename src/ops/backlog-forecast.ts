/** What waits for one connection, and what was got done there lately. Durations in milliseconds. */
export type ConnectionWork = {
  readonly commands: readonly {
    readonly name: string;
    /** Not begun. */
    readonly waiting: number;
    readonly underWay: number;
    /** Finished within the window, with the time that their calls took altogether. */
    readonly done: number;
    readonly tookMs: number;
  }[];
  /** Commands that were asked for within the window and still stand, or were carried out. */
  readonly came: number;
  /** The stretch that was looked at, without the time in which the connection was paused. */
  readonly windowMs: number;
  /** It begins no call for so long. */
  readonly pausedMs: number;
};

export type Forecast = {
  readonly donePerSecond: number;
  readonly comingPerSecond: number;
  /** How long a command that comes now waits until it is done; null: nothing was done lately, so that nobody knows. */
  readonly lagMs: number | null;
  /** Until nothing waits any more, should it go on like this; null: unknown, or more comes than is done. */
  readonly workedOffInMs: number | null;
};

/** Fewer say nothing about the next thousand. */
const leastDone = 5;

/**
 * How long the work that waits will take. Counted in calls' time, not in commands: a queue of short commands behind long ones is
 * worked off faster than the number of them says. Of what is under way, half is taken to be done; and the last call takes its own time,
 * while others have ended already.
 */
export function forecastOf({ commands, came, windowMs, pausedMs }: ConnectionWork): Forecast {
  const sum = (of: (command: ConnectionWork['commands'][number]) => number): number =>
    commands.reduce((total, command) => total + of(command), 0);
  const [done, tookMs] = [sum((command) => command.done), sum((command) => command.tookMs)];
  const seconds = Math.max(windowMs, 1) / 1_000;
  const rates = { donePerSecond: done / seconds, comingPerSecond: came / seconds };
  const left = sum(({ waiting, underWay }) => waiting + underWay);
  if (left === 0) return { ...rates, lagMs: pausedMs, workedOffInMs: pausedMs };
  if (done < leastDone || tookMs === 0) return { ...rates, lagMs: null, workedOffInMs: null };
  const leftMs = sum(
    (command) =>
      (command.waiting + command.underWay / 2) *
      (command.done === 0 ? tookMs / done : command.tookMs / command.done),
  );
  const workingMs = (leftMs * windowMs) / tookMs;
  const lastCallMs = tookMs / done / 2;
  const growth = rates.comingPerSecond / rates.donePerSecond;
  return {
    ...rates,
    lagMs: Math.round(pausedMs + workingMs + lastCallMs),
    workedOffInMs: growth < 1 ? Math.round(pausedMs + workingMs / (1 - growth) + lastCallMs) : null,
  };
}
