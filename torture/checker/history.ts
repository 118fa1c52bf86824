import { keyOf, type RetailerEvidence } from './evidence/evidence.ts';

type Line = { readonly at: string; readonly text: string };

/** All that is known of one order, merged over its systems, oldest first. Made when the first one is asked for. */
export class Histories {
  readonly #evidence: RetailerEvidence;
  #lines: ReadonlyMap<string, readonly Line[]> | null = null;

  constructor(evidence: RetailerEvidence) {
    this.#evidence = evidence;
  }

  /** By the order's key, `order:<shop>:<number>`; of anything else, what bears exactly that key. */
  of(key: string): readonly string[] {
    this.#lines ??= collect(this.#evidence);
    return [...(this.#lines.get(key) ?? [])]
      .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
      .map(({ at, text }) => `${at} ${text}`);
  }
}

function collect(evidence: RetailerEvidence): ReadonlyMap<string, readonly Line[]> {
  const lines = new Map<string, Line[]>();
  const add = (key: string, at: string, text: string): void => {
    const known = lines.get(key);
    if (known === undefined) lines.set(key, [{ at, text }]);
    else known.push({ at, text });
  };
  for (const { at, seq, type, key, data } of evidence.shop)
    add(
      keyOf(evidence, key.split('/', 1)[0] ?? key),
      at,
      `shop #${seq} ${type} ${key} ${JSON.stringify(data)}`,
    );
  for (const system of ['erp', 'crm'] as const)
    for (const { at, seq, type, key, data } of evidence[system])
      add(ownerOf(key, data), at, `${system} #${seq} ${type} ${key} ${JSON.stringify(data)}`);
  for (const { at, subject, kind, topic, attempt, status, error, deliveryId, eventId } of evidence.deliveries)
    if (subject !== null)
      add(
        keyOf(evidence, subject),
        at,
        `delivery ${kind} ${topic} attempt ${attempt}: ${status ?? error ?? 'no answer'} (${deliveryId}, event ${eventId})`,
      );
  for (const { entity, receivedAt, messageId, topic, via, fate, reason, by } of evidence.messages ?? [])
    if (entity !== null)
      add(
        entity,
        receivedAt,
        `product message ${messageId} ${topic} by ${via}: ${fate}${reason === null ? '' : `, ${reason}`}${by === null ? '' : ` (${by})`}`,
      );
  for (const { entity, openedAt, kind, cause, name, detail } of evidence.parked ?? [])
    if (entity !== null)
      add(entity, openedAt, `product parked ${kind}${name === null ? '' : ` ${name}`}: ${cause}: ${detail}`);
  return lines;
}

/** An effect on a part of an order is the order's. */
function ownerOf(key: string, data: Readonly<Record<string, unknown>>): string {
  const owner = typeof data['order'] === 'string' ? data['order'] : key;
  return owner.startsWith('order:') ? (owner.split('/', 1)[0] ?? owner) : owner;
}
