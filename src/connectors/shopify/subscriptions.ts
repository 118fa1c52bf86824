import type { Outcome } from '#connector-sdk/outcome.ts';
import type { CallBounds, ShopifyClient } from './client.ts';
import { type Failure, userErrorOutcome } from './graphql-answer.ts';
import { webhookSubscriptionCreateMutation } from './queries/webhook-subscription-create.ts';
import { webhookSubscriptionsQuery } from './queries/webhook-subscriptions.ts';

type Subscription = { readonly id: string; readonly topic: string; readonly uri: string };

/** All subscriptions of this app in the shop. */
export async function subscriptionsOf(
  call: CallBounds,
  client: ShopifyClient,
): Promise<{ readonly kind: 'subscriptions'; readonly all: readonly Subscription[] } | Failure> {
  const all: Subscription[] = [];
  let after: string | null = null;
  do {
    const answer = await client.run(webhookSubscriptionsQuery, { after }, call);
    if (answer.kind !== 'answer') return answer;
    const page: { nodes: Subscription[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } =
      answer.data.webhookSubscriptions;
    all.push(...page.nodes);
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return { kind: 'subscriptions', all };
}

/**
 * Subscribes again what Shopify deleted after eight failed deliveries, or what was never subscribed. Leaves subscriptions of other addresses alone: they may be
 * another installation's.
 */
export async function keepSubscriptions(
  publicUrl: string,
  call: CallBounds,
  client: ShopifyClient,
): Promise<Outcome> {
  const known = await subscriptionsOf(call, client);
  if (known.kind !== 'subscriptions') return known;
  const there = new Set(known.all.filter(({ uri }) => uri === publicUrl).map(({ topic }) => topic));
  const missing = client.config.webhookTopics.filter((topic) => !there.has(topic));
  for (const topic of missing) {
    const answer = await client.run(
      webhookSubscriptionCreateMutation,
      { topic, webhookSubscription: { uri: publicUrl, format: 'JSON' } },
      call,
    );
    if (answer.kind !== 'answer') return answer;
    const payload = answer.data.webhookSubscriptionCreate;
    const refusal = userErrorOutcome(payload?.userErrors ?? []);
    if (refusal !== null) return { ...refusal, detail: `${topic}: ${refusal.detail}` };
    if (!payload?.webhookSubscription)
      return { kind: 'outcome-unknown', detail: `${topic}: neither a subscription nor an error came back` };
  }
  if (missing.length > 0)
    client.log.warn({ topics: missing }, 'webhook subscriptions were missing and have been created again');
  return { kind: 'done', result: { created: missing } };
}
