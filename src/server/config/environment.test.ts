import { expect, test } from 'vitest';
import { ConfigurationError } from './configuration-error.ts';
import { readEnvironment } from './environment.ts';

const key = Buffer.alloc(32, 7).toString('base64');

test('nothing needs to be set', () => {
  expect(readEnvironment({}).settings).toEqual({
    TALLYPORT_DATA_DIR: '.data',
    TALLYPORT_RETAILERS_DIR: 'retailers',
    HOST: '127.0.0.1',
    PORT: 8080,
    LOG_LEVEL: 'info',
    LOG_FORMAT: 'json',
    TALLYPORT_DATABASE_CONNECTIONS: 8,
    TALLYPORT_MAX_LANES: 160,
    TALLYPORT_LEASE_MS: 5000,
    TALLYPORT_BODY_LIMIT_BYTES: 5242880,
    TALLYPORT_MAX_REQUESTS: 2000,
    TALLYPORT_RETENTION_DAYS: 400,
    TALLYPORT_POLL_INTERVAL_SCALE: 1,
  });
});

test('every problem is named at once, by variable, and no value is repeated', () => {
  const read = (): unknown =>
    readEnvironment({
      PORT: 'canary',
      HOST: '',
      TALLYPORT_MASTER_KEY: 'canary',
      TALLYPORT_PUBLIC_URL: 'canary',
      TALLYPORT_LEASE_MS: '5',
    });
  expect(read).toThrow(ConfigurationError);
  expect(read).toThrow(/PORT: [^]*TALLYPORT_LEASE_MS: /);
  expect(read).toThrow(/TALLYPORT_MASTER_KEY: must be 32 random bytes/);
  expect(read).toThrow(/TALLYPORT_PUBLIC_URL: must be an http or https URL/);
  expect(read).not.toThrow(/canary/);
});

test('a database of somebody else needs a master key of ours', () => {
  const url = 'postgres://tallyport:canary@db.test/tallyport';
  expect(() => readEnvironment({ DATABASE_URL: url })).toThrow(
    /TALLYPORT_MASTER_KEY: is required with DATABASE_URL/,
  );
  expect(readEnvironment({ DATABASE_URL: url, TALLYPORT_MASTER_KEY: key }).settings.DATABASE_URL).toBe(url);
});

test('a setting that is misspelt is told; those of tests are not', () => {
  const { unknown, settings } = readEnvironment({
    TALLYPORT_MAXLANES: '1',
    TALLYPORT_TEST_POSTGRES_BIN: 'x',
    PATH: '/',
  });
  expect(unknown).toEqual(['TALLYPORT_MAXLANES']);
  expect(Object.isFrozen(settings)).toBe(true);
});

test('a variable that is set to nothing counts as not set', () => {
  const environment = readEnvironment({ PORT: '', SHOP_SECRET: '', OTHER: 'x', TALLYPORT_RETAILERS: 'a, b' });
  expect(environment.settings).toMatchObject({ PORT: 8080, TALLYPORT_RETAILERS: ['a', 'b'] });
  expect([environment.variable('SHOP_SECRET'), environment.variable('OTHER')]).toEqual([undefined, 'x']);
});
