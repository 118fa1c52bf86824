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
  'made-for-it': 1,
  'platform-merge': 2,
  'verified-email': 3,
};

/**
 * Which records are one customer. A function of what is known and of nothing else: not of the order in which it was learned, and
 * whatever is taken back leaves no trace. Two records that a person held apart are never one, also not by way of a third.
 */
export function identify(known: KnownCustomers, rules: CustomerRules): Identities {
  const records = new Map(known.records.map((record) => [record.entity, record]));
  const refused = new Set(known.refused.map(keyOf));
  const sure = [
    ...known.accepted.map((pair) => ({ ...ordered(pair), reason: 'accepted' as const })),
    ...known.records.flatMap(({ entity, madeFor }) =>
      madeFor === null ? [] : [{ ...ordered({ a: entity, b: madeFor }), reason: 'made-for-it' as const }],
    ),
    ...known.merges.map((pair) => ({ ...ordered(pair), reason: 'platform-merge' as const })),
  ].filter(({ a, b }) => a !== b && records.has(a) && records.has(b));
  const clusters = new Clusters([...records.keys()], refused);
  const first = clusters.join(sure);
  // Records that are one customer anyhow make no address a shared one.
  const { certain, doubtful } = byEvidence([...records.values()], (entity) => clusters.of(entity), rules);
  const second = clusters.join(certain.map((pair) => ({ ...pair, reason: 'verified-email' as const })));
  const links: readonly (Pair & { readonly reason: LinkReason })[] = [...first.links, ...second.links];
  const blocked = [...first.blocked, ...second.blocked].map((pair) => ({
    ...pair,
    doubts: ['refused-with-another'] as const,
  }));

  const reviews = new Map<string, Pair & { doubts: readonly Doubt[] }>();
  for (const pair of [...blocked, ...doubtful])
    if (!refused.has(keyOf(pair)) && clusters.of(pair.a) !== clusters.of(pair.b) && !reviews.has(keyOf(pair)))
      reviews.set(keyOf(pair), pair);
  return {
    identityOf: new Map(
      [...records.keys()].map((entity) => [entity, clusters.of(entity).toSorted(compare)[0] ?? entity]),
    ),
    links: uniqueLinks(links),
    reviews: [...reviews.values()].sort((x, y) => compare(keyOf(x), keyOf(y))),
  };
}

/** Which entities hang together. Two that a person held apart are never joined. */
class Clusters {
  readonly #clusters: Map<string, readonly string[]>;
  readonly #refused: ReadonlySet<string>;

  constructor(entities: readonly string[], refused: ReadonlySet<string>) {
    this.#clusters = new Map(entities.map((entity) => [entity, [entity]]));
    this.#refused = refused;
  }

  of(entity: string): readonly string[] {
    return this.#clusters.get(entity) ?? [entity];
  }

  /** The strongest first, and of one strength by name, so that the order in which they come decides nothing. */
  join<Edge extends Pair & { readonly reason: LinkReason }>(
    edges: readonly Edge[],
  ): { readonly links: readonly Edge[]; readonly blocked: readonly Pair[] } {
    const links: Edge[] = [];
    const blocked: Pair[] = [];
    const sorted = edges.toSorted(
      (x, y) => strength[x.reason] - strength[y.reason] || compare(keyOf(x), keyOf(y)),
    );
    for (const edge of sorted) {
      if (this.#refused.has(keyOf(edge))) continue;
      const [one, other] = [this.of(edge.a), this.of(edge.b)];
      if (one !== other) {
        if (one.some((a) => other.some((b) => this.#refused.has(keyOf({ a, b }))))) {
          blocked.push({ a: edge.a, b: edge.b });
          continue;
        }
        const joined = [...one, ...other];
        for (const entity of joined) this.#clusters.set(entity, joined);
      }
      links.push(edge);
    }
    return { links, blocked };
  }
}

/** Pairs of records among those that share an address or a registration. */
function byEvidence(
  records: readonly CustomerRecord[],
  clusterOf: (entity: string) => readonly string[],
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
    const holders = Map.groupBy(groups.get(`email ${email}`) ?? [], ({ record }) => record.connection);
    return [...holders.values()].some(
      (group) => new Set(group.map(({ record }) => clusterOf(record.entity))).size > 1,
    );
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
