import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Where a connection may connect to. */
export type AddressRules = {
  /** Host names, or `.example.com` for every name below it. Nothing else is contacted, whatever a platform's answer says. */
  readonly allowedHosts: readonly string[];
  /** For an ERP on the premises and for the sandbox. Cloud metadata, link-local and tunnelled addresses stay closed. */
  readonly allowPrivateAddresses: boolean;
};

/** The connection was refused before a packet left. The message names the host and the reason, nothing else. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';
  readonly code = 'ADDRESS_REFUSED';
}

/** Resolves a name to all its addresses. Replaced only in tests. */
export type Resolve = (
  hostname: string,
  done: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void;

/** Hosts of cloud metadata services that stand outside the link-local range (Azure, Alibaba, AWS and GCP over IPv6). */
const metadataAddresses = new Set(['168.63.129.16', '100.100.100.200', 'fd00:ec2::254', 'fd20:ce::254']);
/** What `allowPrivateAddresses` opens. */
const privateRanges = new Set<string>(['private', 'loopback', 'carrierGradeNat', 'uniqueLocal']);
const globalUnicastV6: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/** Why this IP address (a literal, v4 or v6) may not be contacted, or null where it may. */
export function addressRefusal(address: string, allowPrivateAddresses: boolean): string | null {
  if (!ipaddr.isValid(address)) return 'not an IP address';
  const parsed = ipaddr.process(address); // an IPv4-mapped address becomes the IPv4 address it stands for
  if (metadataAddresses.has(parsed.toString())) return 'a cloud metadata address';
  const range = parsed.range();
  if (privateRanges.has(range)) return allowPrivateAddresses ? null : `a ${range} address`;
  if (range !== 'unicast') return `a ${range} address`;
  if (parsed instanceof ipaddr.IPv6 && !parsed.match(globalUnicastV6)) return 'not a global address';
  return null;
}

/** Why this host name or IP literal may not be contacted, judged before it is resolved; null where it may. */
export function hostRefusal(hostname: string, rules: AddressRules): string | null {
  const host = plainHost(hostname);
  if (!rules.allowedHosts.some((allowed) => hostMatches(host, allowed)))
    return 'not among the hosts of this connection';
  return ipaddr.isValid(host) ? addressRefusal(host, rules.allowPrivateAddresses) : null;
}

/**
 * A `lookup` for `net.connect` that hands over only addresses it has checked itself, so that a name cannot resolve to
 * something else between check and use. One bad address refuses the whole name: a mixed answer is an attack or a mistake.
 */
export function guardedLookup(rules: AddressRules, resolve: Resolve = resolveAll): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, (error, addresses) => {
      if (error !== null) return callback(error, '');
      const refusal = addresses
        .map(({ address }) => addressRefusal(address, rules.allowPrivateAddresses))
        .find((reason) => reason !== null);
      if (refusal !== undefined)
        return callback(new AddressRefusedError(`${hostname} resolves to ${refusal}`), '');
      const wanted = addresses.filter(
        ({ family }) => options.family === undefined || options.family === 0 || options.family === family,
      );
      const [first] = wanted;
      if (first === undefined)
        return callback(Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' }), '');
      if (options.all === true) return callback(null, [...wanted]);
      return callback(null, first.address, first.family);
    });
  };
}

const resolveAll: Resolve = (hostname, done) =>
  systemLookup(hostname, { all: true, order: 'verbatim' }, done);

/** Without the brackets of an IPv6 literal and the root's dot, in lower case. */
const plainHost = (hostname: string): string =>
  hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');

function hostMatches(host: string, allowed: string): boolean {
  const pattern = plainHost(allowed);
  return pattern.startsWith('.') ? host.endsWith(pattern) && host.length > pattern.length : host === pattern;
}
