import type { PlantedBug } from '../planted-bug.ts';
import { byBadAnswers } from '../torture-runs.ts';

/** What a mapping or the opening of a connection could get wrong. */
export const connectorBugs: readonly PlantedBug[] = [
  {
    name: 'float-money',
    thought: 'an amount times a hundred is its cents',
    edits: [
      {
        at: { file: 'src/canonical/money.ts' },
        find: "return money(role, currency, Number(rounded.replace('.', '')));",
        replace: 'return money(role, currency, Math.trunc(Number(rounded) * 10 ** digits));',
      },
    ],
    caught: { kind: 'torture', invariants: ['I2'], run: byBadAnswers },
  },
  {
    name: 'error-body-read-as-success',
    thought: 'what answers 200 has gone through',
    edits: [
      {
        at: { file: 'src/connectors/salesforce/answers/write-results.ts' },
        find: 'if (part.httpStatusCode < 200 || part.httpStatusCode >= 300) {',
        replace: 'if (part.httpStatusCode >= 500) {',
      },
    ],
    caught: {
      kind: 'test',
      file: 'src/connectors/salesforce/answers/answers.test.ts',
      test: 'the part at fault decides, not those that were rolled back because of it',
      because: 'the emulated CRM never refuses a part of a request within an answer of 200 in these runs',
    },
  },
  {
    name: 'tenants-share-a-client',
    thought: 'what sends us no webhooks needs no client of its own: one a platform is enough',
    edits: [
      {
        at: { file: 'src/server/connections.ts' },
        find: 'client: connector.open(config, services) as unknown };',
        replace: 'client };',
      },
      {
        at: { file: 'src/server/connections.ts' },
        find: '    return { tenant, id, connector, config, ',
        replace:
          '    const known = connector.webhook === undefined ? clients.get(connector) : undefined;\n    const client = known ?? (connector.open(config, services) as unknown);\n    clients.set(connector, client);\n    return { tenant, id, connector, config, ',
      },
      {
        at: { file: 'src/server/connections.ts' },
        find: '  const sockets: ClosableHttpClient[] = [];\n',
        replace:
          '  const sockets: ClosableHttpClient[] = [];\n  const clients = new Map<unknown, unknown>();\n',
      },
    ],
    caught: { kind: 'torture', invariants: ['I1', 'I10'], run: byBadAnswers },
  },
];
