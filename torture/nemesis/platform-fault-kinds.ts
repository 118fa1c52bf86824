import { type FaultKind, inTurn } from './fault-kind.ts';
import type { FaultName } from './schedule.ts';
import { platforms, retailers } from './targets.ts';

const writtenTo = retailers.flatMap((retailer) => [
  `${retailer}/erp`,
  `${retailer}/crm`,
  `${retailer}/erp`,
  `${retailer}/shop`,
]);

const answers = {
  '429-retry-after': '429 with Retry-After',
  '429': '429 without Retry-After',
  '503': '503',
  '500': '500',
  'error-body': '200 with an error in its body',
} as const;
const answerDeeds = Object.keys(answers) as (keyof typeof answers)[];

const drifts = {
  'unknown-field': 'a field that nobody knows',
  'changed-type': 'a needed field of another type',
  poison: 'poison messages',
} as const;

/** Faults that the emulated platforms themselves commit: how each is drawn. */
export const platformFaultKinds: Readonly<
  Record<Extract<FaultName, 'F8' | 'F9' | 'F10' | 'F11' | 'F12' | 'F15'>, FaultKind>
> = {
  F8: {
    draw(random, turn) {
      const deed = inTurn(answerDeeds, turn);
      const target = random.pick(platforms);
      return {
        kind: `${target} answers ${answers[deed]}`,
        target,
        forMs: random.between(2_000, 5_000),
        detail: { deed, share: random.between(30, 80) / 100 },
      };
    },
  },
  F9: {
    draw(random, turn) {
      const target = inTurn(writtenTo, turn);
      return {
        kind: `writes to ${target} take effect, answers are lost`,
        target,
        forMs: random.between(6_000, 12_000),
        detail: { deed: 'answer-lost', share: random.between(8, 20) / 100 },
      };
    },
  },
  F10: {
    // All the time: what a platform promises of its webhooks is little.
    fillsShare: true,
    draw(random, turn) {
      const percent = (least: number, most: number): number => random.between(least, most) / 100;
      return {
        kind: 'webhooks duplicated, out of order, late, lost, malformed, forged',
        target: 'shops',
        forMs: 0,
        detail: {
          deed: 'webhooks',
          duplicated: percent(10, 20),
          dropped: 0.02,
          malformed: 0.01,
          forged: 0.01,
          late: percent(2, 5),
          lateMs: random.between(4_000, 20_000),
          shuffleMs: turn % 3 === 0 ? 3_000 : 800,
        },
      };
    },
  },
  F11: {
    draw(random, turn) {
      const deed = inTurn(Object.keys(drifts) as (keyof typeof drifts)[], turn);
      const target = `${random.pick(retailers)}/shop`;
      return {
        kind: `${target} sends ${drifts[deed]}`,
        target,
        forMs: random.between(3_000, 6_000),
        detail: { deed, share: deed === 'changed-type' ? 0.1 : 0.3 },
      };
    },
  },
  F12: {
    draw(random, turn) {
      if (turn % 4 === 0)
        return {
          kind: 'webhook secret rotated; old and new are valid',
          target: 'northwind-apparel/shop',
          forMs: random.between(2_000, 5_000),
          detail: { deed: 'secret-rotated' },
        };
      const target = inTurn(platforms, turn);
      return {
        kind: `access to ${target} expires in flight`,
        target,
        forMs: random.between(500, 2_500),
        detail: { deed: 'access-expired', times: random.between(1, 3) },
      };
    },
  },
  F15: {
    draw(random, turn) {
      const target = inTurn(writtenTo, turn);
      return {
        kind: `writes to ${target} are answered by nothing and take effect later`,
        target,
        forMs: random.between(6_000, 12_000),
        detail: {
          deed: 'effect-late',
          share: random.between(5, 12) / 100,
          lateMs: random.between(800, 5_000),
        },
      };
    },
  },
};
