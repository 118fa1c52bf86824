import { cell, type Dependency, testsOf } from './dependency.ts';

const gateway = testsOf('src/intake/gateway.test.ts');
const batcher = testsOf('src/intake/intake-batcher.test.ts');
const intake = testsOf('tests/resiliency/intake.test.ts');
const database = testsOf('tests/resiliency/database.test.ts');
const engine = testsOf('tests/engine/engine.test.ts');
const resilience = testsOf('tests/engine/resilience.test.ts');
const longLock = testsOf('tests/resiliency/long-lock.test.ts');
const commits = testsOf('src/dispatch/commit-queue.test.ts');
const strays = testsOf('src/journal/strays-and-locks.test.ts');
const journal = testsOf('src/journal/journal.test.ts');
const start = testsOf('src/server/start.test.ts');
const gateways = testsOf('tests/resiliency/gateways.test.ts');
const silent = testsOf('tests/engine/silent-network.test.ts');
const killed = testsOf('tests/resiliency/postgres-killed.test.ts');

const postgresql: Dependency = {
  id: 'postgresql',
  title: 'PostgreSQL',
  about: 'The journal: the only thing that remembers.',
  cells: {
    refuses: cell(
      'Webhooks are answered 503 with Retry-After, so that the shop comes again; workers and schedulers wait and try again; `/health/ready` says 503. Everything goes on by itself.',
      intake('a database that lets nobody in is a 503, and webhooks are taken when it does'),
      database(
        'a database that lets no worker in is waited for, and every effect is there once when it does',
      ),
      gateways(
        'a process that loses its database says so to its load balancer, and is ready again by itself',
      ),
    ),
    resets: cell(
      'A webhook in mid-commit is a 503, whose repeat is taken once. A worker sends its commit again, and the step number tells whether it had been applied.',
      gateway(
        'acknowledged is durable > a database that goes away before the commit is a 503, and the repeat is taken',
      ),
      intake(
        'a hundred deliveries of one message while the database is cut again and again are one message, whatever each was answered',
      ),
      resilience('the connection to the database dies again and again, and every effect is there once'),
    ),
    hangs: cell(
      'No webhook is answered before its commit; after 15 s it is a 503, and the repeat finds a duplicate if the commit went through.',
      gateway('acknowledged is durable > no answer is given before the commit'),
      gateway(
        'acknowledged is durable > a commit that takes too long is a 503; the repeat finds a duplicate',
      ),
    ),
    slow: cell(
      'Messages that come while a commit is under way share the next one; beyond what may wait, senders get 503 at once.',
      batcher('messages that come while a batch is under way share the next commit'),
      gateway('acknowledged is durable > beyond what may wait, senders are told to come again'),
    ),
    answerLost: cell(
      'A commit whose answer was lost is recognised by its step number when it is sent again; lanes of a claim without an answer are given back.',
      commits(
        'a commit whose answer was lost is recognised when it is sent again, and its attempts count from the first time',
      ),
      commits('a connection that is killed in mid-commit is no answer: the step is applied once'),
      resilience('lanes of a claim whose lane_claim got no answer are not left to nobody'),
      resilience('lanes of a claim whose lane_inbox got no answer are not left to nobody'),
    ),
    rejects: cell(
      'A batch that holds one refused message or step is halved until that one fails alone: the message is a 500, the lane rests and is seen in the log.',
      batcher('a message that the database refuses fails alone; its neighbours are stored'),
      engine('one step that the database refuses does not stop the others of its batch'),
    ),
    malformed: cell(
      'A sealed body that was changed does not open: its message is parked with the reason, and those claimed with it go on.',
      journal('a sealed body that was changed does not open'),
      resilience('a message that nobody can read is parked with its reason; those claimed with it go on'),
    ),
    auth: cell(
      'A role or password that is refused, or a role above row-level security, ends the start with exit code 78 and a text without the password.',
      start('a database that refuses us is named without its password'),
      start('a role that could step over tenants is refused'),
    ),
    exhausted: cell(
      'Without a free connection webhooks are 503 in time; a worker whose lease runs out over it loses its lanes, not its orders.',
      intake(
        'a pool without a free connection is a 503 in time; what was waiting is stored once when there is one',
      ),
      database(
        'a worker whose pool has no free connection until its lease is over loses its lanes, not its orders',
      ),
    ),
    locked: cell(
      'Lanes that somebody locks while they wait are passed over. A lock on lanes whose calls are under way holds up these alone, one into which a webhook comes makes that webhook a 503 and no other: no answer is lost, no effect repeated. Deadlocks are untangled.',
      database('a long lock on lanes that wait holds up these alone, and they go on when it ends'),
      database('a long lock on lanes whose calls are under way loses no answer and repeats no effect'),
      intake(
        'a long lock on the lane of a record delays answers and gives none before the commit; nothing is lost',
      ),
      longLock('a long lock on lanes whose calls are under way holds up these alone'),
      longLock('a long lock on the lane of one record holds up its webhooks alone'),
      commits('commits that wait for each other are untangled, and each is applied once'),
      strays('retention > gives up rather than make everybody wait behind a long reader'),
    ),
    killed: cell(
      'As refused and cut connections together: what was acknowledged is there, what was not is sent again by the shop, each order is there once.',
      killed(
        'PostgreSQL is killed and restarted under orders: the shop sends again what got no 2xx, and each order is there once',
      ),
    ),
    restarted: cell(
      'A stand-by that was not promoted yet refuses writes: webhooks are 503, workers send their commits again until it is promoted.',
      intake('a stand-by that only reads is a 503, and webhooks are taken when it is promoted'),
      database(
        'a stand-by that only reads is waited for: commits are sent again, and every effect is there once when it is promoted',
      ),
    ),
    partitioned: cell(
      'A statement without an answer counts as failed after 15 s; the worker opens a new session, and what it held is with others by then.',
      silent(
        'a worker whose database falls silent without a word finds back by itself, and repeats no effect',
      ),
    ),
    full: cell(
      'What a full disk of the database does stands in its own section: nothing is acknowledged, nothing is sent, nothing is lost.',
      intake(
        'a commit that fails because the disk is full is a 503 and stores nothing; the repeat is taken when there is room',
      ),
    ),
    clock: cell(
      'Fences and leases compare the database with itself; how far a source was read is never taken for later than it was.',
      strays('a turn to poll > says how far was read by the database’s clock, never later than it was'),
    ),
    drift: cell(
      'A database of a newer release is refused at the start; a running process is not ready while it is; an edited migration is refused by name.',
      journal('migrations > a database of a newer release is refused'),
      journal('migrations > a migration that was edited after it ran is refused by name'),
      start('a process is not ready while its database is of another release'),
    ),
  },
  notApplicable: [
    {
      modes: ['half', 'fails', 'limits', 'lies'],
      because: 'it speaks no HTTP, and a statement either fails or does not',
    },
    {
      modes: ['disorder', 'duplicate', 'lost', 'stale'],
      because: 'a transaction shows what was committed, once and in order; we read from the primary only',
    },
    { modes: ['stopped'], because: 'it holds no lease of ours; stopped, it hangs' },
  ],
};

const signal: Dependency = {
  id: 'notify',
  title: 'The connection that listens for work (NOTIFY)',
  about: 'A hint after the commit. Workers also look by themselves four times a second.',
  cells: {
    resets: cell(
      'It connects again by itself and looks everywhere once, since words may have been said meanwhile; the log has a warning.',
      database(
        'the connection that listens for work is cut again and again: it comes back by itself, and no work is left lying',
      ),
    ),
    lost: cell(
      'The work is found at the next look, a quarter of a second later at most.',
      database('the word that there is work never comes, and the work is found all the same'),
    ),
    malformed: cell(
      'What is not ours on the channel says only that there may be work.',
      strays('the signal that there is work > survives what others say on its channel'),
    ),
    partitioned: cell(
      'Nothing is heard and nothing is missed: looking is what finds work, listening only makes it sooner.',
      database('the word that there is work never comes, and the work is found all the same'),
    ),
  },
  notApplicable: [
    {
      modes: ['refuses', 'hangs', 'slow', 'killed', 'restarted', 'exhausted'],
      because: 'no word comes then, as when it is dropped',
    },
    {
      modes: ['half', 'answerLost', 'rejects', 'fails', 'limits', 'lies', 'auth', 'drift'],
      because: 'nothing is asked of it and it answers nothing; it logs in as PostgreSQL does',
    },
    {
      modes: ['disorder', 'duplicate', 'stale'],
      because: 'a hint names lanes to look at; one too many finds nothing',
    },
    {
      modes: ['locked', 'stopped', 'full', 'clock'],
      because: 'it holds nothing: no lock, no lease, no space, no time',
    },
  ],
};

const disk: Dependency = {
  id: 'disk',
  title: "The database's disk",
  about: 'Processes of ours write nothing to disk; the journal does.',
  cells: {
    full: cell(
      'Webhooks are 503 and nothing of them is stored. Nothing is sent to a platform, since no attempt can be put on record first; an outcome that cannot be recorded is recorded when there is room, and nothing is sent again for it.',
      intake(
        'a commit that fails because the disk is full is a 503 and stores nothing; the repeat is taken when there is room',
      ),
      database(
        'while the disk is full nothing is sent to a platform, since no attempt can be put on record first; then it goes on by itself',
      ),
      database(
        'an outcome that cannot be recorded because the disk is full is recorded when there is room, and nothing is sent again for it',
      ),
    ),
    slow: cell(
      'A commit takes longer, and those that come meanwhile share the next one.',
      batcher('messages that come while a batch is under way share the next commit'),
    ),
    malformed: cell(
      'A body that does not open is parked with the reason, never guessed.',
      journal('a sealed body that was changed does not open'),
    ),
    killed: cell(
      'What was acknowledged was synced, so it is there after the crash. kill -9 is not a power loss: that fsync does what it says is the disk’s promise.',
      killed(
        'PostgreSQL is killed and restarted under orders: the shop sends again what got no 2xx, and each order is there once',
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
        'answerLost',
        'rejects',
        'fails',
        'limits',
        'lies',
        'partitioned',
        'restarted',
        'stopped',
        'locked',
        'exhausted',
      ],
      because: 'PostgreSQL stands between: we see its error or its silence, as in its own section',
    },
    {
      modes: ['disorder', 'duplicate', 'lost', 'stale', 'auth', 'clock', 'drift'],
      because: 'a disk knows no messages, credentials, time or versions',
    },
  ],
};

export const journalDependencies: readonly Dependency[] = [postgresql, signal, disk];
