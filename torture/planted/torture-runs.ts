import type { TortureRun } from './planted-bug.ts';

/** The runs in which planted bugs have to show, as few as will do: each is run once on the tree as it is, too. */
export const byLostAnswers: TortureRun = { seed: 11, minutes: 0.5, faults: ['F9'] };
export const byLostDatabase: TortureRun = { seed: 12, minutes: 0.5, faults: ['F3'] };
export const byZombies: TortureRun = { seed: 13, minutes: 0.5, faults: ['F1', 'F2'] };
export const byForgery: TortureRun = { seed: 14, minutes: 0.5, faults: ['F10'] };
export const byOutage: TortureRun = { seed: 15, minutes: 0.5, faults: ['F7'] };
export const byErrorBodies: TortureRun = { seed: 16, minutes: 0.5, faults: ['F8'] };
export const byRotation: TortureRun = { seed: 17, minutes: 0.5, faults: ['F12'] };
