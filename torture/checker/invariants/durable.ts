import { isAcknowledged, newsOf, newsOfMessage } from '../evidence/evidence.ts';
import type { Delivery, Message } from '../evidence/records.ts';
import { type Case, type Invariant, keyOf, type Tally } from './invariant.ts';

/** I12: what was acknowledged is there; what was forged never is, and what could not be read has no effect. */
export const durable: Invariant = {
  name: 'I12',
  title: 'each acknowledged delivery is durable, no forged one is acknowledged',
  check({ retailers }, tally) {
    for (const own of retailers) {
      const known = new Map((own.messages ?? []).map((message) => [newsOfMessage(message), message]));
      const seen = new Set<string>();
      for (const delivery of own.deliveries) {
        if (delivery.kind === 'forged') tally.checked();
        if (delivery.kind === 'forged' || !isAcknowledged(delivery)) {
          forged(own, delivery, known, tally);
          continue;
        }
        const news = newsOf(delivery);
        if (own.messages === null || seen.has(news)) continue;
        seen.add(news);
        tally.checked();
        kept(own, delivery, known.get(news), tally);
      }
    }
  },
};

const nameOf = ({ topic, eventId, deliveryId }: Delivery): string =>
  `${topic} (event ${eventId}, delivery ${deliveryId})`;
const aboutOf = (own: Case, { subject }: Delivery): string => keyOf(own, subject ?? '-');

function forged(own: Case, delivery: Delivery, known: ReadonlyMap<string, Message>, { broken }: Tally): void {
  if (delivery.kind !== 'forged') return;
  if (isAcknowledged(delivery))
    broken(
      own,
      'forged-acknowledged',
      aboutOf(own, delivery),
      `a forged ${nameOf(delivery)} was answered ${delivery.status}`,
    );
  const message = known.get(newsOf(delivery));
  if (message !== undefined)
    broken(
      own,
      'forged-stored',
      aboutOf(own, delivery),
      `a forged ${nameOf(delivery)} is message ${message.messageId}`,
    );
}

function kept(own: Case, delivery: Delivery, message: Message | undefined, { broken }: Tally): void {
  if (message === undefined)
    broken(
      own,
      'acknowledged-and-gone',
      aboutOf(own, delivery),
      `${nameOf(delivery)} was answered ${delivery.status} at ${delivery.at}, and the product does not know it`,
    );
  else if (delivery.kind === 'malformed' && message.fate === 'applied')
    broken(
      own,
      'malformed-applied',
      aboutOf(own, delivery),
      `${nameOf(delivery)} has a body that ends in the middle, and was applied as message ${message.messageId}`,
    );
}
