import { cell, type Dependency, testsOf } from './dependency.ts';

const credentials = testsOf('src/journal/credential-store.test.ts');
const shopifyClient = testsOf('src/connectors/shopify/client.test.ts');
const shopify = testsOf('src/connectors/shopify/shopify.test.ts');
const salesforce = testsOf('src/connectors/salesforce/salesforce.test.ts');
const product = testsOf('tests/resiliency/product.test.ts');
const pains = testsOf('tests/pains/pains.test.ts');
const http = testsOf('src/connector-sdk/http-client.test.ts');
const guard = testsOf('src/connector-sdk/address-guard.test.ts');
const alerts = testsOf('tests/resiliency/alerts.test.ts');
const ops = testsOf('src/ops/ops.test.ts');
const gateways = testsOf('tests/resiliency/gateways.test.ts');
const main = testsOf('src/server/main.test.ts');
const environment = testsOf('src/server/config/environment.test.ts');
const retailers = testsOf('src/server/retailers/retailers.test.ts');
const journal = testsOf('src/journal/journal.test.ts');
const resilience = testsOf('tests/engine/resilience.test.ts');

const tokens: Dependency = {
  id: 'tokens',
  title: 'Credentials and token endpoints',
  about: 'Tokens that expire are renewed once for all workers and stored, sealed, before anybody uses them.',
  cells: {
    refuses: cell(
      'The call never left, so that its write has no effect; its orders wait and go on when tokens are given again.',
      shopifyClient('access tokens > a token endpoint that is down does no harm to a write: it never left'),
      product('a CRM whose token endpoint is away gets its orders when it is back, while the ERP goes on'),
    ),
    fails: cell(
      'As when it refuses: nothing is parked, and other platforms go on.',
      product(
        'a shop whose token endpoint is away when its token ends gets its shipments when it is back, and nothing is parked',
      ),
      product('a CRM whose token endpoint is away gets its orders when it is back, while the ERP goes on'),
    ),
    answerLost: cell(
      'What was renewed is stored before it is used, for half a minute also against a database that is away: a refresh token that is good for one use is not lost.',
      credentials('what was renewed is stored before it is used, although the database goes away in between'),
    ),
    rejects: cell(
      'A refused secret is unauthorized, pauses the connection with an alert and repeats no secret.',
      shopifyClient('access tokens > a wrong client secret is unauthorized and names no secret'),
      salesforce('the account > a login refused for its consumer is unauthorized'),
    ),
    auth: cell(
      'An expired or revoked token is renewed once, and the call made once more; no order is lost over it. The end of a refresh token is foretold by the doctor.',
      credentials('a refused token is renewed once, however many were refused with it'),
      pains('pain 23: a token that ends is renewed once for all, and no order is lost over it'),
      shopify('catch-up and upkeep > the doctor foretells the end of a refresh token'),
    ),
    duplicate: cell(
      'Fifty that need a token at once get the same one, renewed once.',
      credentials('fifty workers that need a token at once get the same one, renewed once'),
      salesforce('the account > ten calls without a session log in once'),
    ),
    stale: cell(
      'Who was refused an old token gets the new one without renewing.',
      credentials('who was refused an old token gets the new one without renewing'),
    ),
    clock: cell(
      'A token is renewed before it expires, by a margin; one that ended early by the platform’s clock is refused and then renewed.',
      credentials('a token is renewed before it expires, by the margin that is asked for'),
      shopifyClient(
        'access tokens > a token that was revoked early is renewed, and the call is made once more',
      ),
    ),
  },
  notApplicable: [
    {
      modes: [
        'resets',
        'hangs',
        'slow',
        'half',
        'limits',
        'malformed',
        'lies',
        'partitioned',
        'restarted',
        'killed',
        'exhausted',
      ],
      because:
        'a renewal either gives a token or fails; a failed one is thrown to all who waited and tried again by the next',
    },
    {
      modes: ['disorder', 'lost', 'locked', 'stopped', 'full', 'drift'],
      because: 'it holds no messages, locks, leases or space of ours; its version is the platform’s',
    },
  ],
};

const dns: Dependency = {
  id: 'dns',
  title: 'DNS',
  about: 'Names of platforms and of the alert endpoint.',
  cells: {
    rejects: cell(
      'A name that is unknown: no byte was sent, so the call is unavailable, and the platform counts as away.',
      http('not-sent: no byte of the request reached the peer > when the name is unknown'),
    ),
    hangs: cell(
      'The look-up ends with the call’s deadline, and nothing is sent when it answers later.',
      http(
        'not-sent: no byte of the request reached the peer > when the deadline passes while the name is looked up, and nothing is sent when the look-up answers later',
      ),
    ),
    lies: cell(
      'An address inside our network is refused; the address that was checked is the address that is used.',
      guard('the address that was checked is the address that is used, whatever the name resolves to next'),
    ),
    stale: cell(
      'A name that resolves to another address in the next moment changes nothing: the address that was checked is the address that is used.',
      guard('the address that was checked is the address that is used, whatever the name resolves to next'),
    ),
  },
  notApplicable: [
    {
      modes: [
        'refuses',
        'resets',
        'slow',
        'half',
        'fails',
        'malformed',
        'partitioned',
        'killed',
        'restarted',
        'exhausted',
        'limits',
        'lost',
        'answerLost',
      ],
      because: 'the resolver says that the name is unknown, or nothing until the deadline',
    },
    {
      modes: ['disorder', 'duplicate', 'auth', 'locked', 'stopped', 'full', 'clock', 'drift'],
      because: 'a look-up is one question and one answer, without effect',
    },
  ],
};

const alertEndpoint: Dependency = {
  id: 'alerts',
  title: "The operator's alert endpoint",
  about: 'Signed webhooks about what newly stands still, and about connections that paused or resumed.',
  cells: {
    refuses: cell(
      'The alert stays pending and is told when it listens; orders go on.',
      alerts('an alert endpoint that refuses connections is told when it listens'),
    ),
    hangs: cell(
      'The post ends with its time-out, holds up no order, and is made again.',
      alerts('an alert endpoint that hangs holds up no order, and is told when it answers'),
    ),
    fails: cell(
      'Anything but 2xx is told again, every five seconds, under the same id.',
      alerts(
        'an alert that is refused with an error, or whose answer is lost, is told again under the same id until it is taken',
      ),
    ),
    answerLost: cell(
      'Told again under the same id, by which the receiver knows it.',
      alerts(
        'an alert that is refused with an error, or whose answer is lost, is told again under the same id until it is taken',
      ),
    ),
    duplicate: cell(
      'Once it was taken it is told no more; a flood of one cause is one alert with its count.',
      ops('an alert is signed, says how many and why, and is sent once it was taken'),
      alerts(
        'an alert that is refused with an error, or whose answer is lost, is told again under the same id until it is taken',
      ),
    ),
    rejects: cell(
      'As a failure: it stays pending, and whatever stands still is in `parked list` all the same.',
      ops('an alert is signed, says how many and why, and is sent once it was taken'),
    ),
  },
  notApplicable: [
    {
      modes: [
        'resets',
        'slow',
        'half',
        'limits',
        'auth',
        'exhausted',
        'killed',
        'restarted',
        'partitioned',
        'full',
      ],
      because: 'a post is taken with 2xx or is told again',
    },
    { modes: ['lies', 'malformed', 'drift'], because: 'of its answer only the status is read' },
    {
      modes: ['disorder', 'lost', 'stale', 'locked', 'stopped', 'clock'],
      because: 'it sends us nothing and holds nothing of ours',
    },
  ],
};

const configuration: Dependency = {
  id: 'configuration',
  title: 'Configuration and master key',
  about: 'Environment, retailers’ folders, crosswalk files; the key that seals bodies and credentials.',
  cells: {
    rejects: cell(
      'Everything that is wrong is named at once, by file and path, without values, and the process ends with exit code 78.',
      main('a configuration error is one readable text and exit code 78'),
      retailers('a broken retailer names all its problems at once, by file and path, and shows no secret'),
    ),
    malformed: cell(
      'A setting that is misspelt is told in the log; an unknown field of a retailer is an error.',
      environment('a setting that is misspelt is told; those of tests are not'),
      retailers('a broken retailer names all its problems at once, by file and path, and shows no secret'),
    ),
    lost: cell(
      'A master key that is gone while its database is there ends the start. A message whose own key was deleted is parked with that reason.',
      main('without DATABASE_URL a database and a master key are made in the data folder, and found again'),
      resilience('a message that nobody can read is parked with its reason; those claimed with it go on'),
    ),
    auth: cell(
      'A process under another master key than the journal is sealed with refuses to start, so that it parks nothing as unreadable.',
      gateways(
        'a process that is started under another master key than its journal is sealed with refuses to start, and parks nothing',
      ),
    ),
    stale: cell(
      'A worker of an older release leaves the lanes of a newer one alone.',
      testsOf('tests/engine/engine.test.ts')(
        'a worker of an older release leaves the lanes of a newer one alone',
      ),
    ),
    drift: cell(
      'A database of a newer release is refused at the start, and a running process is not ready while it is.',
      journal('migrations > a database of a newer release is refused'),
      testsOf('src/server/start.test.ts')('a process is not ready while its database is of another release'),
    ),
    duplicate: cell(
      'Two folders that are one tenant are refused.',
      retailers('two folders cannot be one tenant, and a folder that is named must be there'),
    ),
  },
  notApplicable: [
    {
      modes: [
        'refuses',
        'resets',
        'hangs',
        'slow',
        'half',
        'answerLost',
        'fails',
        'limits',
        'lies',
        'disorder',
        'exhausted',
        'locked',
        'killed',
        'stopped',
        'restarted',
        'partitioned',
        'full',
        'clock',
      ],
      because: 'it is read once, at the start, from local files and the environment',
    },
  ],
};

export const surroundings: readonly Dependency[] = [tokens, dns, alertEndpoint, configuration];
