import { conformance } from '#connector-testkit/conformance.ts';
import { loadCommandFixtures, loadInboundFixtures } from '#connector-testkit/fixtures.ts';
import { generateKeyPairSync } from 'node:crypto';
import { salesforce } from './connector.ts';
import { salesforceEmulator } from './emulator.ts';
import { defaultOrgAuth } from './emulator/org-options.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

/** Where the newest emulator serves its events: another host than that of its records, as the real one's is. */
let endpoint = '127.0.0.1:9';

conformance({
  connector: salesforce,
  emulator: async () => {
    const emulator = await salesforceEmulator({ auth: { publicKey }, pubSub: {}, keepAliveMs: 20 });
    endpoint = emulator.platform.pubSub?.endpoint ?? endpoint;
    return emulator;
  },
  config: ({ url }) => ({
    instanceUrl: url,
    auth: {
      flow: 'jwt-bearer',
      consumerKey: defaultOrgAuth.consumerKey,
      username: defaultOrgAuth.username,
      privateKey,
    },
    org: { currency: 'USD' },
    changes: { endpoint, plaintext: true, gatherMs: 0 },
  }),
  inbound: loadInboundFixtures(new URL('./fixtures/', import.meta.url)),
  commands: loadCommandFixtures(new URL('./fixtures/', import.meta.url)),
  trials: {
    'crm.order.upsert': {
      fixture: 'commands/person-under-household',
      // Anything that was made twice shows, not only the order.
      effects: ({ journal }) => {
        const made = journal.effects
          .filter((effect) => effect.type.endsWith('.created'))
          .map((effect) => `${effect.type} ${effect.key}`);
        const orders = journal.effects.filter((effect) => effect.type === 'order.created').length;
        return new Set(made).size === made.length ? orders : made.length;
      },
    },
  },
});
