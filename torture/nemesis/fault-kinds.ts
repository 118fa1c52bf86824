import { type FaultKind, inTurn } from './fault-kind.ts';
import { platformFaultKinds } from './platform-fault-kinds.ts';
import type { FaultName } from './schedule.ts';
import { gateways, platforms, productProcesses, workers } from './targets.ts';

/** Longer than the lease that the stand gives the workers, so that who wakes up is a zombie. Milliseconds. */
const stopMs = { least: 7_500, most: 10_000 } as const;

/** Of any two that follow each other one is a worker: who has no lanes to lose is no zombie. */
const stopped = [...workers, 'scheduler', ...workers, 'gateway-1', ...workers, 'gateway-2'] as const;

const postgresDeeds = ['kill', 'exhaust', 'lock'] as const;
/** Hot tables; a lock on `session` keeps workers from renewing their lease. */
const lockable = ['lane', 'inbox', 'command', 'message', 'session', 'instance'] as const;

const flows = {
  'two-way': 'no byte in either direction',
  requests: 'nothing reaches the server',
  answers: 'no answer comes back',
  loss: 'packets are lost',
} as const;

/** How each fault is drawn. */
export const faultKinds: Readonly<Record<FaultName, FaultKind>> = {
  F1: {
    draw(random, turn) {
      const target = inTurn(['worker-1', 'gateway-1', 'worker-2', 'scheduler', 'gateway-2'], turn);
      return {
        kind: `kill -9 of ${target}`,
        target,
        forMs: random.between(1_500, 3_500),
        detail: { deed: 'kill' },
      };
    },
  },
  F2: {
    draw(random, turn) {
      const target = inTurn(stopped, turn);
      const forMs = random.between(stopMs.least, stopMs.most);
      return {
        kind: `SIGSTOP of ${target}, SIGCONT after its lease`,
        target,
        forMs,
        detail: { deed: 'stop' },
      };
    },
  },
  F3: {
    draw(random, turn) {
      const deed = inTurn(postgresDeeds, turn);
      if (deed === 'kill')
        return {
          kind: 'kill -9 of PostgreSQL',
          target: 'postgres',
          forMs: random.between(300, 2_500),
          detail: { deed },
        };
      if (deed === 'exhaust')
        return {
          kind: 'all connections of PostgreSQL taken',
          target: 'postgres',
          forMs: random.between(2_000, 4_000),
          detail: { deed },
        };
      const table = random.pick(lockable);
      return {
        kind: `table ${table} locked`,
        target: 'postgres',
        forMs: random.between(1_500, 4_000),
        detail: { deed, table },
      };
    },
  },
  F4: {
    draw: (random) => ({
      kind: "PostgreSQL's disk full",
      target: 'postgres',
      forMs: random.between(1_500, 4_000),
      detail: { deed: 'disk-full' },
    }),
  },
  F5: {
    draw(random, turn) {
      const target = inTurn(productProcesses, turn);
      const offsetS = random.between(30, 900) * random.pick([-1, 1]);
      return {
        kind: `clock of ${target} ${offsetS > 0 ? 'ahead' : 'behind'} by ${Math.abs(offsetS)} s`,
        target,
        forMs: random.between(4_000, 9_000),
        detail: { deed: 'clock', offsetS },
      };
    },
  },
  F6: {
    draw(random, turn) {
      const process = inTurn(productProcesses, turn);
      const isGateway = gateways.some((name) => name === process);
      const peer = isGateway || random.next() < 0.5 ? 'postgres' : random.pick(platforms);
      const flow = inTurn(['two-way', 'answers', 'loss', 'requests'] as const, turn);
      const by = flow === 'loss' ? 'nft' : inTurn(['proxy', 'nft'] as const, turn >> 2);
      return {
        kind: `partition of ${process} from ${peer}: ${flows[flow]}`,
        target: `${process}>${peer}`,
        forMs: random.between(3_000, 7_000),
        detail: { deed: 'partition', flow, by, ...(flow === 'loss' && { percent: random.between(15, 45) }) },
      };
    },
  },
  F7: {
    draw(random, turn) {
      const process = inTurn([...workers, 'scheduler'], turn >> 2);
      const peer = random.next() < 0.2 ? 'postgres' : random.pick(platforms);
      const deed = inTurn(['latency', 'trickle', 'reset-mid-body', 'hang'] as const, turn);
      const target = `${process}>${peer}`;
      const forMs = random.between(3_000, 7_000);
      const words = {
        latency: 'late',
        trickle: 'one byte a second',
        'reset-mid-body': 'cut in the middle',
        hang: 'hanging',
      };
      return {
        kind: `answers ${words[deed]}: ${target}`,
        target,
        forMs,
        detail: {
          deed,
          ...(deed === 'latency' && { ms: random.between(150, 900) }),
          ...(deed === 'reset-mid-body' && { afterBytes: random.between(20, 400) }),
        },
      };
    },
  },
  ...platformFaultKinds,
};
