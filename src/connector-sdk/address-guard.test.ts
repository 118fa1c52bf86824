import { type AddressInfo, createServer } from 'node:net';
import type { LookupAddress } from 'node:dns';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressRefusal, hostRefusal, type Resolve } from './address-guard.ts';
import { createHttpClient } from './http-client.ts';

let connects = 0;
const listener = createServer((socket) => {
  connects += 1;
  socket.destroy();
});
let port = 0;
beforeAll(async () => {
  await new Promise<void>((resolve) => listener.listen(0, '0.0.0.0', resolve));
  ({ port } = listener.address() as AddressInfo);
});
afterAll(() => new Promise((resolve) => listener.close(resolve)));

const resolveTo =
  (...addresses: string[]): Resolve =>
  (_host, done) =>
    done(
      null,
      addresses.map<LookupAddress>((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

/** Every way to say "here" or "inside" that came to mind; each must be refused without a connect. */
const literals = [
  '127.0.0.1',
  '127.1',
  '127.255.255.254',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '0177.0.0.1',
  '017700000001',
  '127.0.0.1.',
  '１２７.0.0.1',
  '127。0。0。1',
  '0.0.0.0',
  '0',
  '10.0.0.1',
  '10.255.255.255',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '100.64.0.1',
  '100.127.255.255',
  '169.254.169.254',
  '0xa9fea9fe',
  '168.63.129.16',
  '100.100.100.200',
  '192.0.0.192',
  '192.0.2.1',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2001:0:4136:e378:8000:63bf:3fff:fdd2]',
  '[fe80::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[fd20:ce::254]',
  '[fec0::1]',
  '[ff02::1]',
  '[100::1]',
  '[2001:db8::1]',
  '[5f00::1]',
  '[4000::1]',
];

describe('an address inside is refused, with 0 connects', () => {
  for (const literal of literals) {
    test(`http://${literal}`, async () => {
      const http = createHttpClient(`http://${literal}:${port}/`);
      const result = await http.request({ method: 'GET', path: '/', deadlineMs: Date.now() + 2_000 });
      expect(result).toMatchObject({
        kind: 'not-sent',
        detail: expect.stringMatching(/^address refused/) as string,
      });
      await http.close();
    });
  }

  const names: readonly [string, readonly string[]][] = [
    ['a name that resolves to loopback', ['127.0.0.1']],
    ['a name that resolves to the metadata service', ['169.254.169.254']],
    ['a name with one public and one private address', ['93.184.215.14', '10.0.0.7']],
    ['a name that resolves to an IPv4-mapped loopback', ['::ffff:127.0.0.1']],
    ['a name that resolves through NAT64', ['64:ff9b::a00:1']],
  ];
  for (const [title, addresses] of names) {
    test(title, async () => {
      const http = createHttpClient(`http://inside.test:${port}/`, { resolve: resolveTo(...addresses) });
      const result = await http.request({ method: 'GET', path: '/', deadlineMs: Date.now() + 2_000 });
      expect(result).toMatchObject({
        kind: 'not-sent',
        detail: expect.stringMatching(/^address refused: inside\.test resolves to/) as string,
      });
      await http.close();
    });
  }

  test('localhost by the system resolver', async () => {
    const http = createHttpClient(`http://localhost:${port}/`);
    expect(await http.request({ method: 'GET', path: '/', deadlineMs: Date.now() + 2_000 })).toMatchObject({
      kind: 'not-sent',
    });
    await http.close();
  });

  test('a host that the connection does not name', async () => {
    const http = createHttpClient(`http://127.0.0.1:${port}/`, {
      allowedHosts: ['shop.test'],
      allowPrivateAddresses: true,
    });
    expect(await http.request({ method: 'GET', path: '/', deadlineMs: Date.now() + 2_000 })).toEqual({
      kind: 'not-sent',
      detail: 'address refused: 127.0.0.1 is not among the hosts of this connection',
    });
    await http.close();
  });

  test('and nothing ever connected', () => expect(connects).toBe(0));
});

test('the address that was checked is the address that is used, whatever the name resolves to next', async () => {
  let look = 0;
  const http = createHttpClient(`http://rebind.test:${port}/`, {
    resolve: (host, done) => {
      look += 1;
      resolveTo(look === 1 ? '192.0.2.1' : '127.0.0.1')(host, done);
    },
  });
  expect(await http.request({ method: 'GET', path: '/', deadlineMs: Date.now() + 2_000 })).toMatchObject({
    kind: 'not-sent',
  });
  expect(look).toBe(1);
  expect(connects).toBe(0);
  await http.close();
});

test('public addresses pass', () => {
  for (const address of [
    '93.184.215.14',
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '2606:2800:21f:cb07:6820:80da:af6b:8b2c',
  ]) {
    expect(addressRefusal(address, false), address).toBeNull();
  }
});

test('allowPrivateAddresses opens private, loopback, CGNAT and unique local, and nothing else', () => {
  for (const address of ['10.0.0.1', '127.0.0.1', '100.64.0.1', '::1', 'fc00::1', '::ffff:192.168.0.1'])
    expect(addressRefusal(address, true), address).toBeNull();
  for (const address of [
    '169.254.169.254',
    '0.0.0.0',
    '224.0.0.1',
    'fe80::1',
    'fd00:ec2::254',
    '100.100.100.200',
    '64:ff9b::a00:1',
    '240.0.0.1',
    'nonsense',
  ]) {
    expect(addressRefusal(address, true), address).not.toBeNull();
  }
});

test('a dot before an allowed host means every name below it', () => {
  const rules = { allowedHosts: ['.my.salesforce.com'], allowPrivateAddresses: false };
  expect(hostRefusal('Acme.my.salesforce.com.', rules)).toBeNull();
  for (const host of ['my.salesforce.com', 'acme.my.salesforce.com.evil.test', 'evilmy.salesforce.com'])
    expect(hostRefusal(host, rules), host).not.toBeNull();
});
