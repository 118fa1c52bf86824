import { normalEmail } from './email-class.ts';
import { type CustomerRecord, type Doubt, evidenceBetween, type LinkReason } from './evidence.ts';
import type { CustomerRules } from './rules.ts';

/** Two entities, in any order. */
export type Pair = { readonly a: string; readonly b: string };

/** All that is known. What a person takes back is simply not in it any more. */
export type KnownCustomers = {
  readonly records: readonly CustomerRecord[];
  /** What platforms merged themselves. */
  readonly merges: readonly Pair[];
  /** What a person said is one customer, and what is not. */
  readonly accepted: readonly Pair[];
  readonly refused: readonly Pair[];
};

export type Identities = {
  /** The identity of each entity: the first of its members by name, itself where it stands alone. */
  readonly identityOf: ReadonlyMap<string, string>;
  readonly links: readonly (Pair & { readonly reason: LinkReason })[];
  /** Pairs that a person is to look at. */
  readonly reviews: readonly (Pair & { readonly doubts: readonly Doubt[] })[];
};

const strength: { readonly [R in LinkReason]: number } = {
  accepted: 0,
  'platform-merge': 1,
  'verified-email': 2,
};

/**
 * Which records are one customer. A function of what is known and of nothing else: not of the order in which it was learned, and
 * whatever is taken back leaves no trace. Two records that a person held apart are never one, also not by way of a third.
 */
export function identify(known: KnownCustomers, rules: CustomerRules): Identities {
  const records = new Map(known.records.map((record) => [record.entity, record]));
  const isKnown = ({ a, b }: Pair): boolean => a !== b && records.has(a) && records.has(b);
  const refused = new Set(known.refused.map(keyOf));
  const { certain, doubtful } = byEvidence([...records.values()], rules);
  const edges = [
    ...known.accepted.map((pair) => ({ ...ordered(pair), reason: 'accepted' as const })),
    ...known.merges.map((pair) => ({ ...ordered(pair), reason: 'platform-merge' as const })),
    ...certain.map((pair) => ({ ...pair, reason: 'verified-email' as const })),
  ]
    .filter((edge) => isKnown(edge) && !refused.has(keyOf(edge)))
    .sort((x, y) => strength[x.reason] - strength[y.reason] || compare(keyOf(x), keyOf(y)));

  const clusters = new Map([...records.keys()].map((entity) => [entity, [entity]]));
  const clusterOf = (entity: string): string[] => clusters.get(entity) ?? [entity];
  const links: (Pair & { reason: LinkReason })[] = [];
  const blocked: (Pair & { doubts: readonly Doubt[] })[] = [];
  for (const edge of edges) {
    const [one, other] = [clusterOf(edge.a), clusterOf(edge.b)];
    if (one !== other) {
      if (one.some((a) => other.some((b) => refused.has(keyOf({ a, b }))))) {
        blocked.push({ a: edge.a, b: edge.b, doubts: ['refused-with-another'] });
        continue;
      }
      const joined = [...one, ...other];
      for (const entity of joined) clusters.set(entity, joined);
    }
    links.push(edge);
  }

  const reviews = new Map<string, Pair & { doubts: readonly Doubt[] }>();
  for (const pair of [...blocked, ...doubtful])
    if (!refused.has(keyOf(pair)) && clusterOf(pair.a) !== clusterOf(pair.b) && !reviews.has(keyOf(pair)))
      reviews.set(keyOf(pair), pair);
  return {
    identityOf: new Map(
      [...clusters].map(([entity, members]) => [entity, members.toSorted(compare)[0] ?? entity]),
    ),
    links: uniqueLinks(links),
    reviews: [...reviews.values()].sort((x, y) => compare(keyOf(x), keyOf(y))),
  };
}

/** Pairs of records among those that share an address or a registration. */
function byEvidence(
  records: readonly CustomerRecord[],
  rules: CustomerRules,
): {
  readonly certain: readonly Pair[];
  readonly doubtful: readonly (Pair & { doubts: readonly Doubt[] })[];
} {
  const groups = Map.groupBy(
    records.flatMap((record) => keysOf(record).map((key) => ({ key, record }))),
    ({ key }) => key,
  );
  const isShared = (email: string): boolean => {
    const connections = (groups.get(`email ${email}`) ?? []).map(({ record }) => record.connection);
    return new Set(connections).size < connections.length;
  };
  const certain = new Map<string, Pair>();
  const doubtful = new Map<string, Pair & { doubts: readonly Doubt[] }>();
  for (const group of groups.values())
    for (const [at, { record: a }] of group.entries())
      for (const { record: b } of group.slice(at + 1)) {
        const evidence = evidenceBetween(a, b, isShared, rules);
        const pair = ordered({ a: a.entity, b: b.entity });
        if (evidence?.kind === 'link') certain.set(keyOf(pair), pair);
        if (evidence?.kind === 'review') doubtful.set(keyOf(pair), { ...pair, doubts: evidence.doubts });
      }
  return { certain: [...certain.values()], doubtful: [...doubtful.values()] };
}

const keysOf = ({ email, registrations }: CustomerRecord): readonly string[] => [
  ...(email === null ? [] : [`email ${normalEmail(email)}`]),
  ...registrations.map((each) => `registration ${each}`),
];

/** Of several reasons for one pair the strongest is told. */
const uniqueLinks = <Link extends Pair>(links: readonly Link[]): readonly Link[] =>
  [...new Map(links.toReversed().map((link) => [keyOf(link), link])).values()].sort((x, y) =>
    compare(keyOf(x), keyOf(y)),
  );

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const ordered = ({ a, b }: Pair): Pair => (a <= b ? { a, b } : { a: b, b: a });
const keyOf = (pair: Pair): string => {
  const { a, b } = ordered(pair);
  return `${a}\n${b}`;
};
