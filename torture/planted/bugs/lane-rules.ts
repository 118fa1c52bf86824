import type { PlantedBug } from '../planted-bug.ts';

const rules = 'src/dispatch/lane-rules';

/** What a repetition violates that ought not to have been, whichever is noticed first. */
const doubled = [
  'one command has one effect',
  'an order is once in the ERP',
  'what may still have an effect is not given up',
  'what had an effect is not taken for without',
] as const;

/** What a lane's rules could get wrong: retries, look-ups, order, parking. The simulation runs these very rules. */
export const laneRuleBugs: readonly PlantedBug[] = [
  {
    name: 'blind-retry',
    thought: 'an answer that was lost is like a refused connection: the next attempt sends it again',
    edits: [
      {
        at: { file: `${rules}/settle.ts` },
        find: "    state: 'ambiguous',\n    delayMs: settledAtMs(command, handler) - nowMs + backoff(",
        replace: "    state: 'pending',\n    delayMs: backoff(",
      },
    ],
    caught: {
      kind: 'sim',
      invariants: doubled,
      seeds: 50,
    },
  },
  {
    name: 'settle-time-ignored',
    thought: 'after its deadline an attempt is over, so that it can be looked up at once',
    edits: [
      {
        at: { file: `${rules}/settle.ts` },
        find: '    handler.settleMs +\n',
        replace: '',
      },
    ],
    caught: { kind: 'sim', invariants: ['an unknown outcome is left alone until it is settled'], seeds: 50 },
  },
  {
    name: 'take-over-begins-anew',
    thought: "what a dead worker had begun is simply begun again by its lane's next owner",
    edits: [
      {
        at: { file: `${rules}/take-step.ts` },
        find: "{ state: 'ambiguous', notBeforeMs: settledAtMs(command, handler) }",
        replace: "{ state: 'pending', notBeforeMs: host.nowMs() }",
      },
    ],
    caught: {
      kind: 'sim',
      invariants: doubled,
      seeds: 50,
    },
  },
  {
    name: 'attempt-not-on-record',
    thought: "one write a call is enough: the attempt is on record with the call's outcome",
    edits: [
      {
        at: { file: `${rules}/take-step.ts` },
        find: "  if (command.state === 'pending') command.state = 'attempting';\n",
        replace: '',
      },
    ],
    caught: {
      kind: 'sim',
      // Whose attempt is not on record holds its conflict keys for nothing.
      invariants: [...doubled, 'no conflict key is held for nothing'],
      seeds: 50,
    },
  },
  {
    name: 'two-of-a-lane-at-once',
    thought: 'commands for different things do not touch each other: they may go side by side',
    edits: [
      {
        at: { file: `${rules}/take-step.ts` },
        find: 'if (first.has(command.connection)) continue;',
        replace: 'if (first.has(command.slot)) continue;',
      },
      {
        at: { file: `${rules}/take-step.ts` },
        find: 'first.set(command.connection, command);',
        replace: 'first.set(command.slot, command);',
      },
    ],
    caught: { kind: 'sim', invariants: ['effects come in the order of their commands'], seeds: 50 },
  },
  {
    name: 'withdrawn-in-mid-call',
    thought: 'a command that is not wanted any more is taken back, wherever it stands',
    edits: [
      {
        at: { file: `${rules}/decide.ts` },
        find: "command.slot === slot && command.state === 'pending' && !command.inFlight",
        replace: 'command.slot === slot && !command.inFlight',
      },
    ],
    caught: { kind: 'sim', invariants: doubled, seeds: 50 },
  },
  {
    name: 'superseded-sent-anyway',
    thought: 'what is parked belongs to a person, who decides; a newer command leaves it alone',
    edits: [
      {
        at: { file: `${rules}/decide.ts` },
        find: "command.slot === slot && command.state === 'pending'",
        replace: "command.slot === slot && !command.parked && command.state === 'pending'",
      },
    ],
    caught: { kind: 'sim', invariants: ['an older command never overwrites a newer one'], seeds: 50 },
  },
  {
    name: 'rejected-read-as-done',
    thought: 'a platform that refuses has it already; there is nothing left to do',
    edits: [
      {
        at: { file: `${rules}/settle.ts` },
        find: "    case 'rejected':\n      return {",
        replace:
          "    case 'rejected':\n      return { kind: 'finished', outcome: 'done', result: { kind: 'done', result: {}, refs: [] } };\n    case 'rejected' as never:\n      return {",
      },
    ],
    caught: {
      kind: 'sim',
      invariants: ['an order is once in the ERP', 'an order is once in the CRM'],
      seeds: 50,
    },
  },
  {
    name: 'dead-letter-dropped',
    thought: 'a message that no mapping understands is noise, and noise need not be kept',
    edits: [
      {
        at: { file: `${rules}/absorb-event.ts` },
        find: '      draft.openParked({',
        replace: '      void ({',
      },
    ],
    caught: { kind: 'sim', invariants: ['received = applied + parked + rejected + superseded'], seeds: 50 },
  },
  {
    name: 'parked-without-reason',
    thought: 'only a missing row is a matter for a person; anything else is in the log',
    edits: [
      {
        at: { file: `${rules}/decide.ts` },
        find: "  draft.openParked({\n    kind: 'command',",
        replace: "  if (missing.length > 0) draft.openParked({\n    kind: 'command',",
      },
    ],
    caught: { kind: 'sim', invariants: ['what stands still has a reason'], seeds: 50 },
  },
  {
    name: 'conflict-key-kept',
    thought: 'a command that is tried again keeps its record locked, so that nobody comes between',
    edits: [
      {
        at: { file: `${rules}/step-draft.ts` },
        find: "    if (command.attempt > 0 || command.request !== null) this.note('release', { number: command.number });\n",
        replace: '',
      },
    ],
    caught: {
      kind: 'sim',
      invariants: ['no conflict key is held for nothing', 'all comes to rest once the faults have stopped'],
      seeds: 50,
    },
  },
  {
    name: 'work-not-counted',
    thought: 'what a platform works on is its work, not ours: the lane need not count it',
    edits: [
      {
        at: { file: `${rules}/lane.ts` },
        find: 'const countWork = (commands: Iterable<{ readonly parked: boolean }>): number => {\n  let count = 0;\n  for (const command of commands) if (!command.parked)',
        replace:
          "const countWork = (commands: Iterable<{ readonly parked: boolean; readonly state: string }>): number => {\n  let count = 0;\n  for (const command of commands) if (!command.parked && command.state !== 'accepted')",
      },
    ],
    caught: { kind: 'sim', invariants: ['a counter equals the work that is there'], seeds: 50 },
  },
  {
    name: 'newer-version-taken-back',
    thought: 'a state is a state; during a release old and new workers take what comes',
    edits: [
      {
        at: { file: `${rules}/take-step.ts` },
        find: 'lane.instance !== null && lane.instance.version > process.version',
        replace: 'lane.instance !== null && lane.instance.version > process.version + 1',
      },
    ],
    caught: {
      kind: 'sim',
      invariants: ['a version decides only on states that it knows', "an instance's version never goes back"],
      seeds: 50,
    },
  },
];
