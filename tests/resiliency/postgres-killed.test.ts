import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type EmbeddedCluster, startEmbeddedCluster } from '#server/postgres/embedded-cluster.ts';
import { type ProductUnderTest, productUnderTest } from '../pains/product-under-test.ts';

let directory: string;
let cluster: EmbeddedCluster;
let product: ProductUnderTest;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tallyport-resiliency-'));
  await chmod(directory, 0o755); // run as root, PostgreSQL is another user, who must get in
  cluster = await startEmbeddedCluster({ directory: join(directory, 'postgres') });
  await cluster.createDatabase('journal');
});
afterEach(async () => {
  await product.stop();
  await cluster.stop();
  await rm(directory, { recursive: true, force: true });
});

test(
  'PostgreSQL is killed and restarted under orders: the shop sends again what got no 2xx, and each order is there once',
  { timeout: 180_000 },
  async () => {
    // With a lease that outlives the restart no call has to be looked up, for which Tryton's time is a minute.
    product = await productUnderTest({
      variables: { DATABASE_URL: cluster.url('journal'), TALLYPORT_LEASE_MS: '30000' },
    });
    const orders: { readonly id: string }[] = [];
    for (const isKilled of [true, false]) {
      for (let count = 0; count < 4; count += 1) orders.push(product.placeOrder());
      await expect
        .poll(() => orders.some(({ id }) => product.salesOf(id).length > 0), { timeout: 30_000 })
        .toBe(true);
      if (isKilled) await cluster.kill();
      else await cluster.stop();
      // Webhooks of these find no database.
      orders.push(product.placeOrder(), product.placeOrder());
      await cluster.start();
    }
    // Their webhooks first: a lane that does not exist yet would look like one that is done.
    const known = () => product.rows(`select distinct entity from message where entity like 'order:%'`);
    await expect.poll(known, { timeout: 60_000, interval: 250 }).toHaveLength(orders.length);
    await expect
      .poll(() => product.rows('select entity from lane'), { timeout: 60_000, interval: 250 })
      .toEqual([]);
    for (const { id } of orders) {
      expect(product.salesOf(id)).toHaveLength(1);
      expect(product.crm.journal.counts('order.created').get(`order:shopify-us:${id}`)).toBe(1);
    }
    expect((await product.parked()).filter(({ kind }) => kind === 'command')).toEqual([]);
  },
);
