import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { emulatedApp } from '#connectors/shopify/emulator.ts';
import { type RetailerPlatforms, startPlatforms } from './retailer-platforms.ts';
import { setUps } from './set-ups.ts';
import { Spells } from './spells.ts';

let directory: string;
let platforms: RetailerPlatforms;
let spells: Spells;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tallyport-spells-'));
  const [setUp] = setUps;
  if (setUp === undefined) throw new Error('there is no retailer');
  platforms = await startPlatforms(setUp, { directory, seed: 1, webhooks: {} });
  spells = new Spells([platforms], {});
});
afterEach(async () => {
  spells.close();
  await platforms.close();
  rmSync(directory, { recursive: true });
});

const version = async ({ url }: { readonly url: string }): Promise<number> =>
  (
    await fetch(`${url}/`, {
      method: 'POST',
      body: '{"id":1,"method":"common.server.version","params":[]}',
    })
  ).status;

test('a spell holds at its system alone, and ends alone', async () => {
  spells.begin({ id: 'a', deed: '503', system: 'erp', share: 1 });
  spells.begin({ id: 'b', deed: '500', system: 'crm', share: 1 });
  expect([await version(platforms.erp), await version(platforms.crm)]).toEqual([503, 500]);
  spells.end('a');
  expect([await version(platforms.erp), await version(platforms.crm)]).toEqual([200, 500]);
});

test('a spell for a retailer that is not there, and one that holds already, are refused', () => {
  expect(() => spells.begin({ id: 'a', deed: '503', retailer: 'nobody', share: 1 })).toThrow('no retailer');
  spells.begin({ id: 'a', deed: '503', share: 1 });
  expect(() => spells.begin({ id: 'a', deed: '503', share: 1 })).toThrow('already');
});

test('a write whose effect comes late is answered by nothing', async () => {
  spells.begin({ id: 'a', deed: 'effect-late', system: 'crm', share: 1, lateMs: 20 });
  await expect(
    fetch(`${platforms.crm.url}/services/data/v60.0/sobjects/Order`, { method: 'POST', body: '{}' }),
  ).rejects.toThrow('fetch failed');
  expect(platforms.crm.faults.injected.get('effect-late')).toBe(1);
});

test('while the secret is rotated the shop signs with the other one', () => {
  spells.begin({ id: 'a', deed: 'secret-rotated', system: 'shop', secret: 'other' });
  expect(platforms.shop.platform.signingSecret).toBe('other');
  spells.end('a');
  expect(platforms.shop.platform.signingSecret).toBeNull();
});

test('access that expires has to be asked for anew', () => {
  expect(platforms.shop.platform.tokens.accepts(emulatedApp.accessToken)).toBe(true);
  spells.begin({ id: 'a', deed: 'access-expired', system: 'shop', times: 1 });
  expect(platforms.shop.platform.tokens.accepts(emulatedApp.accessToken)).toBe(false);
});
