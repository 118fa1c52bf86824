import { expect, test } from 'vitest';
import { memoryCredentials } from './memory-credentials.ts';
import type { Credential } from './services.ts';

const token = (value: string, expiresAtMs: number | null = null): Credential => ({ value, expiresAtMs });

test('all who wait share one renewal', async () => {
  const store = memoryCredentials();
  let renewals = 0;
  const renew = async (): Promise<Credential> => token(`t${(renewals += 1)}`);
  const got = await Promise.all([1, 2, 3].map(() => store.get('access', { marginMs: 0, renew })));
  expect(got.map(({ value }) => value)).toEqual(['t1', 't1', 't1']);
});

test('a credential is renewed before it expires, by the margin', async () => {
  let now = 0;
  const store = memoryCredentials(() => now);
  let renewals = 0;
  const get = async () =>
    (
      await store.get('access', {
        marginMs: 100,
        renew: async () => token(`t${(renewals += 1)}`, now + 1_000),
      })
    ).value;
  expect(await get()).toBe('t1');
  now = 899;
  expect(await get()).toBe('t1');
  now = 900;
  expect(await get()).toBe('t2');
});

test('a refused credential is renewed once: who was refused with the old one gets the new one', async () => {
  const store = memoryCredentials();
  let renewals = 0;
  const renew = async (): Promise<Credential> => token(`t${(renewals += 1)}`);
  await store.get('access', { marginMs: 0, renew });
  const first = await store.get('access', { marginMs: 0, refused: 't1', renew });
  const late = await store.get('access', { marginMs: 0, refused: 't1', renew });
  expect([first.value, late.value, renewals]).toEqual(['t2', 't2', 2]);
});

test('a failed renewal fails for everybody who waited and is tried again by the next', async () => {
  const store = memoryCredentials();
  let tries = 0;
  const renew = async (): Promise<Credential> => {
    tries += 1;
    if (tries === 1) throw new Error('no answer');
    return token('good');
  };
  const waiting = await Promise.allSettled([1, 2].map(() => store.get('access', { marginMs: 0, renew })));
  expect(waiting.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect((await store.get('access', { marginMs: 0, renew })).value).toBe('good');
});

test('credentials of different names are apart, and a renewal sees the current one', async () => {
  const store = memoryCredentials();
  await store.get('a', { marginMs: 0, renew: async () => token('a1') });
  expect((await store.get('b', { marginMs: 0, renew: async () => token('b1') })).value).toBe('b1');
  const renewed = await store.get('a', {
    marginMs: 0,
    refused: 'a1',
    renew: async (current) => token(`${JSON.stringify(current?.value)}+`),
  });
  expect(renewed.value).toBe('"a1"+');
});
