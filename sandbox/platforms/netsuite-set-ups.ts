import { generateKeyPairSync } from 'node:crypto';
import type { NetSuiteEmulatorOptions } from '#connectors/netsuite/emulator.ts';
import { type NetSuiteSetUp, setUps, type TrytonSetUp } from './set-ups.ts';

/** An account of the Premium tier has 15 slots; real saves take 1 to 6 s, which would make a demo long. */
const account = { requestLimit: 15, saveMs: 250 } as const;

/** As NetSuite knows a certificate, the emulator knows the public half. */
const keys = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

type Account = Pick<NetSuiteSetUp['erp'], 'connection' | 'credentials' | 'data'> & {
  readonly account: NetSuiteEmulatorOptions;
};

/** By retailer: one logs in by certificate, the other by token; ids of their own for taxes and carriers. */
const accounts: Readonly<Record<string, Account>> = {
  'northwind-apparel': {
    connection: 'netsuite-us',
    account: {
      ...account,
      account: '7654321',
      oauth2: {
        clientId: 'emulated-client-of-northwind',
        certificateId: 'emulated-certificate-of-northwind',
        publicKey: keys.publicKey,
      },
      tba: null,
      timeZone: 'America/Los_Angeles',
    },
    credentials: {
      CLIENT_ID: 'emulated-client-of-northwind',
      CERTIFICATE_ID: 'emulated-certificate-of-northwind',
      PRIVATE_KEY: keys.privateKey,
    },
    data: {
      taxCodes: [
        { id: '-7', rate: '0' },
        { id: '7', rate: '0.0725' },
        { id: '8', rate: '0.04' },
        { id: '9', rate: '0.0625' },
      ],
      shipMethods: ['31', '32', '33'],
    },
  },
  'harbour-supply': {
    connection: 'netsuite-uk',
    account: {
      ...account,
      account: '7654322_SB1',
      oauth2: null,
      tba: {
        consumerKey: 'emulated-consumer-of-harbour',
        consumerSecret: 'emulated-consumer-secret-of-harbour',
        tokenId: 'emulated-token-of-harbour',
        tokenSecret: 'emulated-token-secret-of-harbour',
      },
      timeZone: 'Europe/London',
    },
    credentials: {
      CONSUMER_KEY: 'emulated-consumer-of-harbour',
      CONSUMER_SECRET: 'emulated-consumer-secret-of-harbour',
      TOKEN_ID: 'emulated-token-of-harbour',
      TOKEN_SECRET: 'emulated-token-secret-of-harbour',
    },
    data: {
      taxCodes: [
        { id: '-7', rate: '0' },
        { id: '20', rate: '0.2' },
      ],
      shipMethods: ['31', '32', '33'],
    },
  },
};

/** The same two retailers on NetSuite. */
export const netsuiteSetUps: readonly NetSuiteSetUp[] = setUps.map(onNetSuite);

function onNetSuite(setUp: TrytonSetUp): NetSuiteSetUp {
  const own = accounts[setUp.profile.retailer];
  if (own === undefined) throw new RangeError(`${setUp.profile.retailer} has no NetSuite account`);
  return { ...setUp, erp: { kind: 'netsuite', articleNumbers: setUp.erp.articleNumbers, ...own } };
}
