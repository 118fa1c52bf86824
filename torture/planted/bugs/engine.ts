import type { PlantedBug } from '../planted-bug.ts';
import { byBadAnswers } from '../torture-runs.ts';

/** What the worker and the functions of the database could get wrong: fences, permits, breakers, wake-ups. */
export const engineBugs: readonly PlantedBug[] = [
  {
    name: 'no-fence',
    thought: 'a worker knows the lanes that it holds; the database need not ask again',
    edits: [
      {
        at: { sqlFunction: 'lane_commit' },
        find: 'where l.owner = p_session and l.claim = u.claim and l.steps = u.sequence order by',
        replace: 'order by',
      },
    ],
    caught: {
      kind: 'test',
      file: 'src/dispatch/commit-queue.test.ts',
      test: 'lanes that are not ours any more are told so, and the others of their batch are committed',
      because:
        'a worker that wakes up gives up its session before it commits, so that only a commit already on its way would show it',
    },
  },
  {
    name: 'commit-error-swallowed',
    thought: 'a commit whose answer got lost has nearly always gone through',
    edits: [
      {
        at: { file: 'src/dispatch/commit-queue.ts' },
        find: '      else await this.#send(batch);',
        replace:
          "      for (const { settle } of batch) settle({ kind: 'committed', answer: { sentAtMs, hasMore: false, held: [] } });",
      },
    ],
    caught: {
      kind: 'test',
      file: 'src/dispatch/commit-queue.test.ts',
      test: 'a connection that is killed in mid-commit is no answer: the step is applied once',
      because:
        'the fence refuses the next commit of such a lane, which is then taken up again from the journal',
    },
  },
  {
    name: 'look-up-skipped',
    thought: 'the first attempt has looked and found nothing; a repetition need not look again',
    edits: [
      {
        at: { file: 'src/dispatch/call.ts' },
        find: "if (handler.safety.kind !== 'lookup-first')",
        replace: "if (handler.safety.kind !== 'lookup-first' || command.attempt > 1)",
      },
      {
        at: { file: 'src/connectors/tryton/sales/create-sale.ts' },
        find: 'const existing = await onlySale(rpc, request);\n      const id = existing?.id ??',
        replace: 'const id =',
      },
    ],
    caught: { kind: 'torture', invariants: ['I1'], run: byBadAnswers },
  },
  {
    name: 'permit-leaked',
    thought: 'a call without an answer may still run at the platform, so it keeps its permit',
    edits: [
      {
        at: { file: 'src/dispatch/worker.ts' },
        find: '      budget.give();\n      this.#advance(lane);',
        replace:
          "      if (answer.outcome.kind !== 'outcome-unknown') budget.give();\n      this.#advance(lane);",
      },
    ],
    caught: { kind: 'torture', invariants: ['I1', 'liveness'], run: byBadAnswers },
  },
  {
    name: 'breaker-never-closes',
    thought: 'a platform that was away is let in again by a person',
    edits: [
      {
        at: { file: 'src/dispatch/budget.ts' },
        find: "    if (outcome.kind !== 'done') return false;\n",
        replace: "    if (outcome.kind !== 'done' || this.#isOpen) return false;\n",
      },
    ],
    caught: {
      kind: 'test',
      file: 'src/dispatch/budget.test.ts',
      test: 'a connection whose probe throws, or never ends, keeps no other from being minded',
      because: 'a run in which it shows waits for its rest in vain, which takes minutes',
    },
  },
  {
    name: 'lanes-of-the-dead-kept',
    thought: 'a worker that comes back finds its lanes as it left them',
    edits: [
      {
        at: { sqlFunction: 'session_reap' },
        find: 'update lane l set owner = null, due = now() from mine m where',
        replace: 'update lane l set due = now() from mine m where',
      },
      {
        at: { sqlFunction: 'session_reap' },
        find: 'update lane l set owner = null, due = now() from stray s where',
        replace: 'update lane l set due = now() from stray s where',
      },
    ],
    caught: {
      kind: 'test',
      file: 'src/journal/strays-and-locks.test.ts',
      test: 'those of a worker that was reaped by one who knows fewer tenants are freed by one who knows them',
      because: 'a run in which it shows waits for its rest in vain, which takes minutes',
    },
  },
];
