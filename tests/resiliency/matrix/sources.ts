import { cell, type Dependency, testsOf } from './dependency.ts';

const gateway = testsOf('src/intake/gateway.test.ts');
const hostile = testsOf('src/intake/hostile-bodies.test.ts');
const gateways = testsOf('tests/resiliency/gateways.test.ts');
const pains = testsOf('tests/pains/pains.test.ts');
const product = testsOf('tests/resiliency/product.test.ts');
const journal = testsOf('src/journal/journal.test.ts');
const engine = testsOf('tests/engine/engine.test.ts');
const scheduler = testsOf('tests/resiliency/scheduler.test.ts');
const shopify = testsOf('src/connectors/shopify/shopify.test.ts');
const shopifyWebhook = testsOf('src/connectors/shopify/webhook.test.ts');
const client = testsOf('src/connectors/shopify/client.test.ts');
const shopifyConforms = testsOf('src/connectors/shopify/shopify.conformance.test.ts');
const trytonConforms = testsOf('src/connectors/tryton/tryton.conformance.test.ts');
const cursor = testsOf('src/connectors/tryton/polling/cursor.test.ts');
const arrival = testsOf('src/processes/order-to-cash/arrival-order.test.ts');
const strays = testsOf('src/journal/strays-and-locks.test.ts');

const webhooks: Dependency = {
  id: 'webhooks',
  title: 'A platform as a source: webhooks',
  about: 'Shopify calls us. A delivery without a 2xx comes again; the poll finds what never comes.',
  cells: {
    slow: cell(
      'Requests beyond the room are refused with 503 before their body is read; the room is given back when a request ends.',
      gateway(
        'acknowledged is durable > requests beyond the room are refused before their body is read, and the room is given back',
      ),
    ),
    answerLost: cell(
      'The shop does not hear our 200 and sends again: a duplicate, answered 200, of which nothing is written.',
      gateways('a gateway that is killed after the commit loses nothing: the repeat finds a duplicate'),
      gateway('what the platform sent > is one message although it is delivered twice'),
    ),
    malformed: cell(
      'It is stored all the same, about itself, and parked with the path of each problem; a body beyond the limit is a 413.',
      hostile('a hostile or broken body > no JSON is stored all the same'),
      hostile('a hostile or broken body > deeply nested is stored all the same'),
      hostile('a hostile or broken body > one of 10 MB is refused with 413 and not stored'),
      shopifyConforms('Shopify conforms > webhook > a signed body that is not JSON crashes nothing'),
    ),
    disorder: cell(
      'Facts are kept by the platform’s own instant: any order of arrival ends in the same state.',
      pains('pain 6: "paid" before "created", and a payment before its order, end as the same one order'),
      arrival(
        'pain 6: paid before created > a payment for an order never seen reads the order at its source, once',
      ),
    ),
    duplicate: cell(
      'The same bytes are one message, also a hundred at one moment; one that comes back after its delivery id was forgotten is superseded. The same delivery id with other bytes is kept as a record of its own, never swallowed.',
      gateway(
        'what the platform sent > is one message although a hundred deliveries come at the same moment',
      ),
      engine('a message that comes twice is taken once'),
      pains('pain 3: identical webhooks at the same instant are one message and one order'),
      pains(
        'pain 4: an old webhook that comes back imports nothing, however long its delivery id is forgotten',
      ),
      journal(
        'intake > the same delivery is a duplicate; the same id with another body is a record of its own',
      ),
    ),
    lost: cell(
      'A poll that overlaps finds the order, once.',
      pains('pain 2: orders whose webhook never came are found by a poll that overlaps, and only once'),
    ),
    auth: cell(
      'Forged, altered, unsigned or too old: 401 and nothing is stored; a thousand of them are one line in the log. While a secret is rotated both are taken.',
      gateway(
        'what the platform did not send > a forged signature stores nothing and is told the reason code only',
      ),
      gateway('what the platform did not send > a thousand forgeries are one line in the log'),
      shopifyConforms(
        'Shopify conforms > webhook > a body altered by one byte, shortened or emptied is refused',
      ),
      shopifyWebhook(
        'webhooks > a delivery signed with the previous secret is let in while the secret is rotated, and not afterwards',
      ),
    ),
    exhausted: cell(
      'A burst beyond what may wait is told to come again, 503 with Retry-After; what was taken is kept.',
      gateway('acknowledged is durable > beyond what may wait, senders are told to come again'),
    ),
    stale: cell(
      'A delivery that is hours late is let in, and the process knows the newer version already: superseded.',
      shopifyWebhook('webhooks > a retry four hours later is let in, one older than configured is not'),
      pains(
        'pain 4: an old webhook that comes back imports nothing, however long its delivery id is forgotten',
      ),
    ),
    clock: cell(
      'An instant that is none, or before all calendars, is none; it never refuses the message.',
      hostile('a hostile or broken body > an instant before all calendars is stored all the same'),
      hostile('a hostile or broken body > an instant that is none is stored all the same'),
    ),
    drift: cell(
      'A topic nobody follows is stored all the same; a field that changed its shape parks the message with the field’s path.',
      hostile('a hostile or broken body > an unknown topic is stored all the same'),
      shopifyConforms(
        'Shopify conforms > inbound/order-cancelled > whatever is "wrong type": mapped to canonical events, or unmappable with a path',
      ),
    ),
  },
  notApplicable: [
    {
      modes: [
        'refuses',
        'resets',
        'hangs',
        'half',
        'fails',
        'limits',
        'rejects',
        'lies',
        'killed',
        'stopped',
        'restarted',
        'partitioned',
      ],
      because: 'it calls us: a shop that cannot sends nothing, which is the same as dropping messages',
    },
    { modes: ['locked', 'full'], because: 'its locks and disks are its own' },
  ],
};

const polls: Dependency = {
  id: 'polls',
  title: 'A platform as a source: polls',
  about:
    'Shopify (catch-up) and Tryton (sales, shipments, invoices) are read from a cursor that moves with the commit of what was read.',
  cells: {
    refuses: cell(
      'The cursor stays, the log has a warning, and it is tried again; nothing is skipped.',
      scheduler('a source that refuses connections keeps its cursor, and everything is read when it is back'),
      product('a shop that is away altogether, webhooks and all, is caught up with when it is back'),
    ),
    resets: cell(
      'The cursor stays; the next turn reads the same again.',
      scheduler('a source that resets keeps its cursor, and everything is read when it is back'),
      trytonConforms(
        'Tryton conforms > poller sales > "cut before the effect" moves no cursor and throws nothing',
      ),
    ),
    hangs: cell(
      'The poll ends with its time-out, so that its turn is not kept for ever; the cursor stays.',
      scheduler('a source that hangs keeps its cursor, and everything is read when it is back'),
      shopifyConforms(
        'Shopify conforms > poller orders > "silence before the effect" moves no cursor and throws nothing',
      ),
    ),
    fails: cell(
      'The cursor stays, and everything is read when it is back.',
      scheduler('a source that is away keeps its cursor, and everything is read when it is back'),
      trytonConforms(
        'Tryton conforms > poller shipments > "server error" moves no cursor and throws nothing',
      ),
    ),
    limits: cell(
      'The cursor stays, and it is left alone for the time that it named.',
      scheduler(
        'a source that says "too many" is left alone for the time that it named, and its cursor stays',
      ),
      trytonConforms('Tryton conforms > poller invoices > "rate limit" moves no cursor and throws nothing'),
      shopifyConforms('Shopify conforms > poller orders > "rate limit" moves no cursor and throws nothing'),
    ),
    lies: cell(
      'An error in a 200 is a failure: the cursor stays.',
      client('answers > a GraphQL error that arrives as 200 is a failure'),
    ),
    auth: cell(
      'The cursor stays until the credentials are good again.',
      shopifyConforms(
        'Shopify conforms > poller orders > "not authorised" moves no cursor and throws nothing',
      ),
      trytonConforms('Tryton conforms > poller sales > "not authorised" moves no cursor and throws nothing'),
    ),
    malformed: cell(
      'A page that cannot be read moves no cursor. A record that names nothing is parked with its reason, and those around it go on.',
      scheduler(
        'a source that answers with what nobody can read keeps its cursor, and everything is read when it is itself again',
      ),
      scheduler(
        'one polled record that names nothing we could store it under is parked with its reason, and those around it go on',
      ),
    ),
    answerLost: cell(
      'A poll has no effect: what was read and not stored is read again.',
      scheduler(
        'a scheduler that is killed between what it read and the commit of its cursor loses nothing: the next reads it again, once',
      ),
    ),
    duplicate: cell(
      'The overlap that each poll reads is eaten by the dedupe.',
      shopify('catch-up and upkeep > the cursor moves only with what was read, and reads five minutes back'),
      pains('pain 2: orders whose webhook never came are found by a poll that overlaps, and only once'),
    ),
    disorder: cell(
      'Transactions that end in another order than they began are all read, and none without end. A shipment that is seen before its order waits for the link.',
      cursor(
        'every record is read, though transactions end in another order than they began, and none is read without end',
      ),
      journal(
        'intake > a record of a platform that belongs to nothing waits with a reason, and goes on when it is linked',
      ),
    ),
    stale: cell(
      'A source that shows records late has them read by the overlap; an ERP that shows none of what it took is missed by name and value.',
      cursor(
        'every record is read, though transactions end in another order than they began, and none is read without end',
      ),
      pains(
        'pain 1: ten orders that the ERP took and lost are missed by name and value, without anybody asking',
      ),
    ),
    clock: cell(
      'How far was read is counted by the database’s clock and never taken for later than it was; deadlines wait until their source was read past them.',
      strays('a turn to poll > says how far was read by the database’s clock, never later than it was'),
      journal('upkeep > a deadline waits until its source was read past it'),
    ),
    drift: cell(
      'A record of another shape is parked with the field’s path, and the cursor moves on.',
      trytonConforms(
        'Tryton conforms > inbound/sale-in-process > whatever is "wrong type": mapped to canonical events, or unmappable with a path',
      ),
    ),
  },
  notApplicable: [
    {
      modes: ['slow', 'half'],
      because:
        'each turn is one call at a time within its time-out; the next turn is that of a source that failed or did not',
    },
    { modes: ['rejects'], because: 'a read refuses no record' },
    { modes: ['lost'], because: 'nothing is pushed that could be dropped' },
    {
      modes: ['exhausted', 'locked', 'full', 'killed', 'stopped', 'restarted', 'partitioned'],
      because: 'seen from here it refuses, hangs or answers with an error',
    },
  ],
};

const subscriptions: Dependency = {
  id: 'subscriptions',
  title: 'A platform as a source: its webhook subscriptions',
  about:
    'Shopify drops subscriptions of receivers that failed too often; a scheduler looks after them every 15 minutes.',
  cells: {
    lost: cell(
      'A subscription that the platform deleted is created again; until then polls find the orders.',
      shopify('catch-up and upkeep > a subscription that the platform deleted is created again'),
      product('subscriptions that nobody could look after at the start cost no order: polls find them'),
    ),
    duplicate: cell(
      'What is there is left alone.',
      shopify('catch-up and upkeep > subscriptions that are there are left alone'),
    ),
    refuses: cell(
      'The failure is in the log and the upkeep comes again at its next turn; polls find the orders meanwhile.',
      scheduler('an upkeep that fails or throws is reported, and tried again at its next turn'),
      product('a shop that is away altogether, webhooks and all, is caught up with when it is back'),
    ),
    fails: cell(
      'The failure is in the log and the upkeep comes again at its next turn; polls find the orders meanwhile.',
      scheduler('an upkeep that fails or throws is reported, and tried again at its next turn'),
      product('a shop that is away altogether, webhooks and all, is caught up with when it is back'),
    ),
    auth: cell(
      'Missing rights are named by the doctor with what to do.',
      shopify('catch-up and upkeep > the doctor names what would go wrong, with its remedy'),
    ),
  },
  notApplicable: [
    {
      modes: [
        'resets',
        'hangs',
        'slow',
        'half',
        'answerLost',
        'rejects',
        'limits',
        'lies',
        'malformed',
        'exhausted',
        'killed',
        'stopped',
        'restarted',
        'partitioned',
        'full',
        'locked',
        'drift',
      ],
      because: 'the upkeep fails as a whole and comes again, as when the platform refuses',
    },
    { modes: ['disorder', 'stale', 'clock'], because: 'a subscription is there or not' },
  ],
};

export const sourceDependencies: readonly Dependency[] = [webhooks, polls, subscriptions];
