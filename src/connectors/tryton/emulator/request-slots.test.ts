import { expect, test } from 'vitest';
import { trytonEmulator } from '../emulator.ts';

const version = (url: string): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    body: JSON.stringify({ id: 1, method: 'common.server.version', params: [] }),
  });

test('a request beyond what the account allows is refused and counted, also when others hold the slots', async () => {
  await using begun = new AsyncDisposableStack();
  const emulator = await trytonEmulator({ requestLimit: 2 });
  begun.defer(() => emulator.close());
  const { url, platform } = emulator;
  expect((await version(url)).status).toBe(200);
  platform.slots.occupy(2);
  expect((await version(url)).status).toBe(429);
  platform.slots.occupy(1);
  expect((await version(url)).status).toBe(200);
  expect(platform.slots.use).toMatchObject({ limit: 2, others: 1, inUse: 0, mostInUse: 1, refused: 1 });
});
