import type { TortureRun } from './planted-bug.ts';

/** The runs in which planted bugs have to show, as few as will do: each is done once without a bug, too. */
export const byBadAnswers: TortureRun = {
  seed: 46,
  minutes: 0.3,
  faults: ['F8', 'F9', 'F10', 'F12'],
  meets: [
    'answer-lost northwind-apparel/erp',
    'error-body harbour-supply/crm',
    'secret-rotated northwind-apparel/shop',
    'webhooks shops',
  ],
};
export const byCrashes: TortureRun = {
  seed: 4,
  minutes: 0.35,
  faults: ['F1', 'F3'],
  meets: ['kill postgres', 'exhaust postgres', 'kill worker-2', 'kill gateway-1'],
};
