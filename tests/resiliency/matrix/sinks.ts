import { cell, type Dependency, testsOf } from './dependency.ts';
import { conforming, sink } from './sink.ts';

const engine = testsOf('tests/engine/engine.test.ts');
const sinks = testsOf('tests/resiliency/sinks.test.ts');
const product = testsOf('tests/resiliency/product.test.ts');
const pains = testsOf('tests/pains/pains.test.ts');
const settle = testsOf('src/dispatch/lane-rules/settle.test.ts');
const shopifyClient = testsOf('src/connectors/shopify/client.test.ts');
const shopify = testsOf('src/connectors/shopify/shopify.test.ts');
const shopifyConforms = conforming('shopify', 'Shopify', 'storefront.fulfillment.create');
const trytonAnswers = testsOf('src/connectors/tryton/answers.test.ts');
const tryton = testsOf('src/connectors/tryton/tryton.test.ts');
const trytonConforms = conforming('tryton', 'Tryton', 'erp.order.create');
const salesforceAnswers = testsOf('src/connectors/salesforce/answers/answers.test.ts');
const salesforce = testsOf('src/connectors/salesforce/salesforce.test.ts');
const salesforceConforms = conforming('salesforce', 'Salesforce', 'crm.order.upsert');
const unauthorized =
  'Tokens are renewed once for all. Credentials that are refused for good pause the connection as unauthorized, with an alert, and it goes on by itself when they are taken again.';

export const sinkDependencies: readonly Dependency[] = [
  sink({
    id: 'shopify',
    title: 'A platform as a sink: Shopify',
    about: 'Shipments go out as fulfilments; orders are read back. GraphQL, a budget of points.',
    connector: 'Shopify',
    command: 'storefront.fulfillment.create',
    cells: {
      rejects: cell(
        'The shipment’s command is parked with the platform’s words and its remedy; an operator retries or resolves it.',
        shopifyConforms.told('bad request'),
        shopify('fulfilments > more than is left is a business exception, not a retry'),
        engine(
          'a command that the platform rejects is parked with its reason, and done after an operator retries it',
        ),
      ),
      lies: cell(
        '`userErrors` and GraphQL errors in a 200 are failures, and are seen.',
        shopify('fulfilments > userErrors are a failure although the answer is 200'),
        shopifyClient(
          'answers > an internal error that arrives as 200 leaves the outcome of a write open, and of a read not',
        ),
        pains('pain 19: an error that GraphQL answers with 200 is a failure, and is seen'),
      ),
      malformed: cell(
        'A shape that Shopify does not document is never taken for an answer: of a write nobody knows.',
        shopifyClient('answers > a data shape that Shopify does not document is never taken for an answer'),
      ),
      auth: cell(
        unauthorized,
        shopifyConforms.told('not authorised'),
        shopifyClient(
          'access tokens > a shop that refuses the renewed token too is unauthorized, not tried for ever',
        ),
        sinks(
          'a platform that no longer takes our credentials is paused as unauthorized and goes on by itself when it takes them',
        ),
      ),
      exhausted: cell(
        'Points are read from every answer; a throttled call waits until as many came back as it needs.',
        shopifyClient('limits > a throttled query waits as long as its points need to come back'),
        shopifyClient('limits > HTTP 430 waits as long as it says'),
      ),
      locked: cell(
        'A fulfilment order that somebody used between our look and our call is planned anew.',
        shopify(
          'fulfilments > a fulfilment order that somebody used between our look and our call is planned anew',
        ),
      ),
      stale: cell(
        'Fulfilment orders that Shopify has not made yet are waited for; a fulfilment whose answer was lost is found by our own number.',
        shopify('fulfilments > fulfilment orders that Shopify has not made yet are waited for'),
        shopify('fulfilments > a shipment without a tracking number is found again by its own number'),
      ),
      drift: cell(
        'Another API version than configured is refused before anything is written; operations are held against the published schema.',
        shopifyClient('answers > another API version than configured is refused before anything is written'),
        testsOf('src/connectors/shopify/queries/queries.test.ts')(
          'operations against the schema that Shopify publishes for 2026-10 > FulfillmentCreate is valid',
        ),
      ),
    },
  }),
  sink({
    id: 'tryton',
    title: 'A platform as a sink: Tryton (ERP)',
    about: 'Orders go out as sales, looked up by our own reference first. JSON-RPC; its search may lag.',
    connector: 'Tryton',
    command: 'erp.order.create',
    cells: {
      rejects: cell(
        'The order’s command is parked with the ERP’s words, the money at stake and a remedy; the order’s other work goes on.',
        trytonConforms.told('bad request'),
        trytonAnswers('a UserError is rejected with its message'),
        engine(
          'a command that the platform rejects is parked with its reason, and done after an operator retries it',
        ),
      ),
      lies: cell(
        'A UserWarning or an exception in a 200 is told for what it is; an illegal transition that answers null is read again.',
        trytonAnswers('a UserWarning needs confirmation, and its name says which'),
        trytonAnswers('any other exception leaves a write open and a read undone'),
        tryton('on the emulator > an illegal transition answers null, so the state is read again'),
      ),
      malformed: cell(
        'An answer that is cut, or a proxy’s, is no answer: of a write nobody knows.',
        trytonAnswers('an answer cut in its middle, or from a proxy, is no answer'),
      ),
      auth: cell(
        unauthorized,
        trytonConforms.told('not authorised'),
        tryton('a session that ended is replaced once, without a second effect'),
        tryton('a wrong password is unauthorized, too many of them rate-limited'),
      ),
      exhausted: cell(
        'Calls at once are kept to the setting, over all workers; 429 is waited out.',
        trytonAnswers('429 is rate-limited, with the time to wait where it is said'),
        tryton('fifty orders are carried in a burst, each once'),
      ),
      locked: cell(
        'A row lock is a conflict: tried again, soon and often, then a person is asked; it never pauses the connection.',
        tryton('a row lock is a conflict, and the next attempt takes the sale up where it stands'),
        settle('conflicts are retried a number of times, then a person is asked'),
      ),
      stale: cell(
        'A search that lags is waited for before anybody looks an effect up; what the ERP shows to nobody is missed by name and value.',
        trytonConforms.test('also when the search lags behind: one effect'),
        pains(
          'pain 1: ten orders that the ERP took and lost are missed by name and value, without anybody asking',
        ),
      ),
      drift: cell(
        'A field, model or method that the server does not know is rejected with its name.',
        trytonAnswers('a field or model that the server does not know is rejected'),
        trytonAnswers('an unknown method is 403 with HTML, and rejected'),
      ),
    },
  }),
  sink({
    id: 'salesforce',
    title: 'A platform as a sink: Salesforce (CRM)',
    about:
      'Orders and their accounts are upserted by our own external id. REST composite; an allocation of calls a day.',
    connector: 'Salesforce',
    command: 'crm.order.upsert',
    cells: {
      rejects: cell(
        'The command is parked with Salesforce’s code and field, and a remedy.',
        salesforceConforms.told('bad request'),
        salesforceAnswers('an error body > a refused value names its field'),
        salesforce('refusals of the org > a status that the picklist lacks is rejected with its field'),
      ),
      lies: cell(
        'A composite reply of 200 with a failed part is a failure, and the whole was rolled back.',
        salesforce(
          'refusals of the org > a composite reply of 200 with a failed part is a failure, and the whole was rolled back',
        ),
        salesforceAnswers('a composite answer > a part that is missing is not taken for done'),
      ),
      malformed: cell(
        'HTML or cut JSON to a write: nobody knows, and it is sent again by the same external id.',
        salesforceAnswers("an answer that is not Salesforce's > 200 <html> to a write: nobody knows"),
        salesforceAnswers('an answer that is not Salesforce\'s > 200 {"cut to a write: nobody knows'),
      ),
      auth: cell(
        unauthorized,
        salesforceConforms.told('not authorised'),
        salesforce('the account > a session that ended is renewed once, and the order goes on'),
        salesforce('the account > a login refused for its key is unauthorized'),
      ),
      exhausted: cell(
        'A used-up allocation is rate-limited for long, known to all workers, and no failure; our own share of the day ends before the org’s. What cannot be delivered for a day is parked, unless the budget was the reason.',
        product(
          'a CRM whose allowance for the day is used up is left alone as long as it says, is told to nobody as a failure, and loses no order',
        ),
        salesforce("the account > our own share of the day ends before the org's, without a call"),
        settle(
          'what cannot be delivered for a day is parked, and is still delivered if a full budget was the reason',
        ),
      ),
      locked: cell(
        'UNABLE_TO_LOCK_ROW is a conflict and never feeds the breaker; orders of one account are not written at once.',
        salesforce('row locks > a locked row is a conflict and never feeds the breaker'),
        engine('orders that share a parent record are never written at the same time'),
      ),
      stale: cell(
        'Writes go by external id, which does not lag; a race for it is a conflict that finds the record the next time.',
        salesforce(
          'row locks > two workers that make one account at once: one makes it, the other meets a conflict and then finds it',
        ),
      ),
      drift: cell(
        'A field that is gone is rejected by name; a retired API version pauses the connection.',
        salesforce('refusals of the org > a field that does not exist or may not be seen is rejected'),
        salesforceAnswers("an error body > 410 UNSUPPORTED_API_VERSION becomes { kind: 'unavailable' }"),
      ),
    },
  }),
];
