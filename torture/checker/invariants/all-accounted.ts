import { newsOf, newsOfMessage } from '../evidence/evidence.ts';
import type { Account, Message, Parked } from '../evidence/records.ts';
import { type Case, type Invariant, keyOf, type Tally } from './invariant.ts';

const fates = {
  applied: 'applied',
  superseded: 'superseded',
  rejected: 'rejected',
  parked: 'parked',
  discarded: 'discarded',
  inFlight: 'in-flight',
} as const satisfies Readonly<Record<Exclude<keyof Account, 'received'>, Message['fate']>>;

/**
 * I5: every message that was received ended in exactly one way, for a reason that is told; the product's tally says the same as its list, and
 * the list the same as the shops' own record of what they sent.
 */
export const allAccounted: Invariant = {
  name: 'I5',
  title: 'received = applied + parked(reason) + rejected(reason) + superseded(by) + discarded(by)',
  check({ retailers }, tally) {
    for (const own of retailers) {
      if (own.messages === null) continue;
      tally.checked(own.messages.length);
      adds(own, own.messages, tally);
      for (const message of own.messages) ended(own, message, tally);
      onceEach(own, own.messages, tally);
      wasSent(own, own.messages, tally);
    }
  },
};

const nameOf = ({ messageId, topic }: Message): string => `message ${messageId} (${topic})`;
const aboutOf = (own: Case, message: Message): string => message.entity ?? keyOf(own, '-');

function adds(own: Case, messages: readonly Message[], { broken }: Tally): void {
  const { account } = own;
  if (account === null) return;
  const parts = Object.keys(fates) as (keyof typeof fates)[];
  const sum = parts.reduce((total, part) => total + account[part], 0);
  if (sum !== account.received)
    broken(own, 'does-not-add-up', 'account', `${account.received} received, but ${sum} accounted for`);
  if (account.received !== messages.length)
    broken(own, 'list-differs', 'account', `${account.received} received, ${messages.length} listed`);
  for (const part of parts) {
    const listed = messages.filter(({ fate }) => fate === fates[part]).length;
    if (listed !== account[part])
      broken(own, 'list-differs', 'account', `${account[part]} ${part} by the tally, ${listed} by the list`);
  }
}

function ended(own: Case, message: Message, { broken }: Tally): void {
  const about = aboutOf(own, message);
  if (message.fate === 'in-flight')
    broken(own, 'never-ended', about, `${nameOf(message)} is in flight although everything is at rest`);
  else if (message.fate !== 'applied' && (message.reason ?? '').trim() === '')
    broken(own, 'without-reason', about, `${nameOf(message)} was ${message.fate}, and nothing says why`);
  else if (message.fate === 'parked' && own.parked !== null && !isListed(own.parked, message))
    broken(
      own,
      'parked-out-of-sight',
      about,
      `${nameOf(message)} is parked, but not among what stands still`,
    );
}

const isListed = (parked: readonly Parked[], { messageId }: Message): boolean =>
  parked.some(({ kind, key }) => kind === 'message' && key === String(messageId));

/** A repeat of what was received has no entry of its own. */
function onceEach(own: Case, messages: readonly Message[], { broken }: Tally): void {
  const seen = new Map<string, Message>();
  for (const message of messages) {
    const before = seen.get(newsOfMessage(message));
    if (before !== undefined)
      broken(
        own,
        'received-twice',
        aboutOf(own, message),
        `${nameOf(message)} is the same as message ${before.messageId}`,
      );
    seen.set(newsOfMessage(message), message);
  }
}

/** What came by a webhook, a shop has sent. An attempt that was cut on the way may have arrived all the same. */
function wasSent(own: Case, messages: readonly Message[], { broken }: Tally): void {
  if (own.deliveries.length === 0) return;
  const sent = new Set(own.deliveries.map(newsOf));
  for (const message of messages)
    if (message.via === 'webhook' && !sent.has(newsOfMessage(message)))
      broken(
        own,
        'never-sent',
        aboutOf(own, message),
        `${nameOf(message)} was received, but no shop sent it`,
      );
}
