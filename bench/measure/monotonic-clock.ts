/** CLOCK_MONOTONIC in milliseconds: the same clock in every process of this machine, so that a webhook's start and an effect's instant can be subtracted. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
