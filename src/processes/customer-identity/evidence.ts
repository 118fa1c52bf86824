import { classifyEmail, normalEmail } from './email-class.ts';
import type { CustomerRules } from './rules.ts';

/** A customer record as its platform shows it, as far as it tells who somebody is. */
export type CustomerRecord = {
  /** Our entity, e.g. `customer:shopify-us:1`. */
  readonly entity: string;
  readonly connection: string;
  readonly kind: 'person' | 'company';
  /** A person who buys for a company. */
  readonly isContact: boolean;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly name: string | null;
  /** Tax and commercial registrations, `kind country number`. */
  readonly registrations: readonly string[];
  /** The entity for which we made the record there ourselves; null where we did not. */
  readonly madeFor: string | null;
};

export type LinkReason = 'accepted' | 'made-for-it' | 'platform-merge' | 'verified-email';
/** Why two records are not linked although something speaks for it; a person decides. */
export type Doubt =
  | 'not-verified'
  | 'relay-address'
  | 'role-address'
  | 'shared-address'
  | 'business'
  | 'same-registration'
  | 'names-differ'
  | 'refused-with-another'
  | 'not-by-rule';

export type Evidence =
  | { readonly kind: 'link'; readonly reason: 'verified-email' }
  | { readonly kind: 'review'; readonly doubts: readonly Doubt[] };

/**
 * What speaks for two records being one customer. `isShared` tells of an address that two records of one platform have: several
 * people read it. Null: nothing speaks for it. The same whichever of the two comes first.
 */
export function evidenceBetween(
  a: CustomerRecord,
  b: CustomerRecord,
  isShared: (email: string) => boolean,
  rules: CustomerRules,
): Evidence | null {
  if (a.kind === 'company' || b.kind === 'company') {
    const isSameCompany = a.kind === b.kind && a.registrations.some((each) => b.registrations.includes(each));
    return isSameCompany ? { kind: 'review', doubts: ['business', 'same-registration'] } : null;
  }
  if (a.email === null || b.email === null || normalEmail(a.email) !== normalEmail(b.email)) return null;
  const email = normalEmail(a.email);
  const kind = classifyEmail(email, rules);
  if (kind === 'unreadable') return null;
  const doubts: Doubt[] = [
    ...(kind === 'relay' ? (['relay-address'] as const) : []),
    ...(kind === 'role' ? (['role-address'] as const) : []),
    ...(kind === 'shared' || isShared(email) ? (['shared-address'] as const) : []),
    ...(a.isContact || b.isContact ? (['business'] as const) : []),
    ...(a.emailVerified && b.emailVerified ? [] : (['not-verified'] as const)),
  ];
  if (doubts.length === 0 && !rules.linkVerifiedEmail) doubts.push('not-by-rule');
  if (doubts.length === 0) return { kind: 'link', reason: 'verified-email' };
  return { kind: 'review', doubts: isUnlike(a.name, b.name) ? [...doubts, 'names-differ'] : doubts };
}

/** Two names of which none is a part of the other; a record without a name contradicts nobody. */
function isUnlike(a: string | null, b: string | null): boolean {
  const words = (name: string | null): readonly string[] =>
    (name ?? '')
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter(Boolean);
  const [one, other] = [words(a), words(b)];
  if (one.length === 0 || other.length === 0) return false;
  const [few, many] = one.length <= other.length ? [one, other] : [other, one];
  return !few.every((word) => many.includes(word));
}
