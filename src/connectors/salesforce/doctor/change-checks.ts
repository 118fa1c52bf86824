import type { Call, Finding } from '#connector-sdk/connector.ts';
import { deliveriesSchema, lowDeliveries } from '../changes/delivery-watch.ts';
import { watchedObjects } from '../changes/watched-objects.ts';
import type { SalesforceClient } from '../client.ts';
import { fine, judge, warning, wrong } from './finding.ts';
import { asFact } from './org-facts.ts';

/** The stream of changes: whether we may subscribe, and whether its deliveries will last. */
export async function changeChecks(client: SalesforceClient, call: Call): Promise<readonly Finding[]> {
  const { changes } = client.config;
  if (changes === null) return [];
  const allowed = await client.changes.canSubscribe(call);
  const topicRemedy =
    'Select the objects for Change Data Capture (Setup), or make the channel, and give the integration user "View All" on them.';
  const topic = judge(
    'change-topic',
    allowed.ok ? { known: true, value: allowed.value } : { known: false, failure: allowed.failure },
    topicRemedy,
    (can) =>
      can
        ? fine('change-topic', `${changes.topic} at ${changes.endpoint}`)
        : wrong('change-topic', `${changes.topic} may not be subscribed to`, topicRemedy),
  );
  const limits = asFact(
    await client.ask({ method: 'GET', path: '/limits', effect: 'read' }, call),
    deliveriesSchema,
  );
  const remedy =
    'Carry fewer objects in a custom channel (Order above all: our own writes count), or buy deliveries.';
  const deliveries = judge('event-deliveries', limits, remedy, ({ max, remaining }) => {
    const detail = `${remaining} of ${max} events may still be delivered in 24 h`;
    if (remaining <= 0) return wrong('event-deliveries', detail, remedy);
    return remaining < max * lowDeliveries
      ? warning('event-deliveries', detail, remedy)
      : fine('event-deliveries', detail);
  });
  const unread = watchedObjects.filter((object) => !changes.objects.includes(object));
  return [
    topic,
    deliveries,
    ...(unread.length === 0 ? [] : [fine('change-objects', `not read: ${unread.join(', ')}`)]),
  ];
}
