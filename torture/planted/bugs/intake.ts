import type { PlantedBug } from '../planted-bug.ts';
import { byBadAnswers, byCrashes } from '../torture-runs.ts';

/** What the way from a webhook or a poll into the journal could get wrong. */
export const intakeBugs: readonly PlantedBug[] = [
  {
    name: 'ack-before-commit',
    thought:
      'the shop waits five seconds at most, so it gets its answer at once; the batch follows in a moment',
    edits: [
      {
        at: { file: 'src/intake/gateway.ts' },
        find: 'const receipt = await within(ackWithinMs, options.batcher.add(message));',
        replace:
          "const stored = within(ackWithinMs, options.batcher.add(message));\n    stored.catch(() => undefined);\n    const receipt: Receipt = { outcome: 'accepted', messageId: 0, entity: null } as never;",
      },
    ],
    caught: { kind: 'torture', invariants: ['I12'], run: byCrashes },
  },
  {
    name: 'event-id-taken-for-the-key',
    thought:
      'an event id says by its name what it is: the same one never comes twice with something else in it',
    edits: [
      {
        at: { sqlFunction: 'intake_store' },
        find: 'select tenant, connection, topic, source_event_id, body_hash, message_id from incoming',
        replace: "select tenant, connection, '', source_event_id, ''::bytea, message_id from incoming",
      },
    ],
    caught: {
      kind: 'test',
      file: 'src/journal/journal.test.ts',
      test: 'the same delivery is a duplicate; the same id with another body is a record of its own',
      because: 'one statement of the database decides it, which the test asks',
    },
  },
  {
    name: 'duplicate-taken-in-again',
    thought: 'the process knows its versions, so a message that comes twice does no harm',
    edits: [
      {
        at: { sqlFunction: 'intake_store' },
        find: 'from incoming i join fresh f using (message_id)',
        replace: 'from incoming i left join fresh f using (message_id)',
      },
    ],
    caught: {
      kind: 'test',
      file: 'src/journal/journal.test.ts',
      test: 'the same delivery is a duplicate; the same id with another body is a record of its own',
      because: 'one statement of the database decides it, which the test asks',
    },
  },
  {
    name: 'counter-not-raised',
    thought: 'a lane that is there has been told; it looks into its inbox by itself',
    edits: [
      {
        at: { sqlFunction: 'intake_store' },
        find: 'set todo = lane.todo + excluded.todo, class',
        replace: 'set class',
      },
    ],
    caught: { kind: 'torture', invariants: ['I1', 'I5', 'liveness'], run: byBadAnswers },
  },
  {
    name: 'stranger-forgotten',
    thought: 'a record of something that is not ours is none of our business',
    edits: [
      {
        at: { sqlFunction: 'intake_store' },
        find: 'from resolved where entity is null\n    returning',
        replace: "from resolved where entity is null and ref_type = 'Order'\n    returning",
      },
    ],
    caught: {
      kind: 'test',
      file: 'src/journal/journal.test.ts',
      test: 'a record of a platform that belongs to nothing waits with a reason, and goes on when it is linked',
      because:
        'a record that comes before its order is linked comes again with its next change, so a run need not miss it',
    },
  },
  {
    name: 'signature-not-checked',
    thought: 'the gateway stands behind a proxy that lets only the shop through',
    edits: [
      {
        at: { file: 'src/connectors/shopify/webhook.ts' },
        find: 'return matches.includes(true);',
        replace: 'return matches.length > 0;',
      },
    ],
    caught: { kind: 'torture', invariants: ['I1', 'I5', 'I10', 'I12'], run: byBadAnswers },
  },
  {
    name: 'old-secret-refused-at-once',
    thought: 'a secret that was rotated is not to be trusted any more',
    edits: [
      {
        at: { file: 'src/connectors/shopify/webhook.ts' },
        find: '...(config.previousClientSecret === undefined ? [] : [config.previousClientSecret]),',
        replace: '',
      },
    ],
    caught: {
      kind: 'test',
      file: 'src/connectors/shopify/webhook.test.ts',
      test: 'a delivery signed with the previous secret is let in while the secret is rotated, and not afterwards',
      because:
        'polls find what was refused, and no invariant of the torture asks why a genuine delivery was refused',
    },
  },
];
