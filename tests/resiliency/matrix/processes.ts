import { cell, type Dependency, testsOf } from './dependency.ts';

const gateways = testsOf('tests/resiliency/gateways.test.ts');
const gateway = testsOf('src/intake/gateway.test.ts');
const workers = testsOf('tests/resiliency/workers.test.ts');
const schedulers = testsOf('tests/resiliency/scheduler.test.ts');
const engine = testsOf('tests/engine/engine.test.ts');
const resilience = testsOf('tests/engine/resilience.test.ts');
const fairness = testsOf('tests/resiliency/fairness.test.ts');
const strays = testsOf('src/journal/strays-and-locks.test.ts');
const start = testsOf('src/server/start.test.ts');
const main = testsOf('src/server/main.test.ts');
const silent = testsOf('tests/engine/silent-network.test.ts');
const call = testsOf('src/dispatch/call.test.ts');
const step = testsOf('src/dispatch/lane-rules/take-step.test.ts');
const ofAProcess =
  'a process of ours speaks to the others through the journal alone: it asks them nothing and they answer nothing';

const aGateway: Dependency = {
  id: 'gateway',
  title: 'Another process of ours: a gateway',
  about: 'Any number may run. It calls nobody, so that no platform that is away can cost a webhook.',
  cells: {
    slow: cell(
      'Webhooks are answered while every platform is dead and workers are busy failing: it waits for the commit alone.',
      gateways('webhooks are answered while every platform is dead and the workers are busy failing'),
    ),
    killed: cell(
      'Before the commit it gave no 2xx, and the repeat is taken once; after the commit the repeat finds a duplicate.',
      gateways('a gateway that is killed before the commit gave no 2xx; the repeat is taken once'),
      gateways('a gateway that is killed after the commit loses nothing: the repeat finds a duplicate'),
    ),
    stopped: cell(
      'It holds no lease. Woken later, it finds what another took meanwhile, and stores nothing twice.',
      gateways('a gateway that is stopped in mid-request and woken later stores nothing twice'),
    ),
    restarted: cell(
      'Requests under way are finished; then it refuses, and the shop comes again.',
      gateway('acknowledged is durable > a gateway that stops lets requests under way finish'),
      main('SIGTERM stops a process in good order, and no secret was logged'),
    ),
    exhausted: cell(
      'Beyond its room it says 503 before it reads a body.',
      gateway(
        'acknowledged is durable > requests beyond the room are refused before their body is read, and the room is given back',
      ),
    ),
    drift: cell(
      'It is not ready while its database is of another release.',
      start('a process is not ready while its database is of another release'),
    ),
  },
  notApplicable: [
    {
      modes: ['refuses', 'resets', 'hangs', 'half', 'fails', 'lost', 'partitioned'],
      because: 'to the shop it is away then: the shop comes again, and the poll finds what never comes',
    },
    {
      modes: [
        'answerLost',
        'rejects',
        'limits',
        'lies',
        'malformed',
        'disorder',
        'duplicate',
        'stale',
        'auth',
        'locked',
        'full',
        'clock',
      ],
      because: ofAProcess,
    },
  ],
};

const aWorker: Dependency = {
  id: 'worker',
  title: 'Another process of ours: a worker',
  about: 'Any number may run. It holds lanes by a lease that it renews.',
  cells: {
    killed: cell(
      'Its lease runs out (5 s), any process frees its lanes, and the next owner treats its calls as answers that were lost: looked up, one effect each.',
      workers(
        'a worker that is killed in the middle of its calls, before the effect, is taken over from, and each effect is there once',
      ),
      workers(
        'a worker that is killed in the middle of its calls, after the effect, is taken over from, and each effect is there once',
      ),
    ),
    stopped: cell(
      'Woken, it is fenced: what it had can change nothing any more. It opens a new session and works on.',
      workers(
        'a worker that is stopped past its lease is fenced when it wakes, repeats nothing, and works on with a new session',
      ),
      engine('a worker that was taken for dead can change nothing, and its lanes go on elsewhere'),
      call('no byte leaves once the lease is over, and that says nothing of the platform'),
    ),
    restarted: cell(
      'It begins no further call, lets those under way end, and leaves the rest to others at once.',
      resilience('a worker that stops begins no further call, and leaves the rest to others at once'),
    ),
    partitioned: cell(
      'Away from the database its lease runs out; it comes back by itself with a new session and repeats no effect.',
      silent(
        'a worker whose database falls silent without a word finds back by itself, and repeats no effect',
      ),
      resilience('a worker whose lease ran out does not tell the others that its platforms are away'),
    ),
    malformed: cell(
      'A process or connector that throws stops its own record only; it is set aside, seen in the log, and tried again.',
      resilience('a process that throws stops its own record only, and is tried again'),
      resilience('a process that throws on the answer of a call loses neither the effect nor the worker'),
      call('a connector that throws leaves its effect unknown, and is seen in the log'),
    ),
    exhausted: cell(
      'It holds no more lanes in memory than it may. A tenant with ten times the load, all of it earlier, leaves another’s orders moving.',
      workers('a worker holds no more lanes in memory than it may, however many wait'),
      fairness(
        'a tenant with ten times the load, all of it before the other’s, leaves the other’s orders moving',
      ),
    ),
    duplicate: cell(
      'Two workers never hold one lane; together they keep to one account’s limits.',
      engine(
        'a lane that went and came again has another fence, so that a late commit of its former life is refused',
      ),
      engine("two workers together keep to one account's concurrency"),
    ),
    lost: cell(
      'Lanes that the journal calls its own and that it does not hold are given back; work whose lane is gone gets one again.',
      strays(
        'no lane is left to nobody > those that their owner does not hold are given back, the others stay',
      ),
      strays(
        'work whose lane is gone gets one again, whoever’s it is; what has a lane or stands still is left alone',
      ),
    ),
    drift: cell(
      'One of an older release leaves the lanes of a newer one alone.',
      engine('a worker of an older release leaves the lanes of a newer one alone'),
      step('the lane of a newer version goes back untouched, and is not due at once whatever lies in it'),
    ),
    stale: cell(
      'A counter that drifted is mended, and the lane does not spin.',
      engine('a lane whose counter drifted is mended and does not spin'),
      resilience('a drifted counter of a lane that waits for a retry is mended, not claimed again and again'),
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
        'rejects',
        'fails',
        'limits',
        'lies',
        'auth',
      ],
      because: ofAProcess,
    },
    {
      modes: ['disorder', 'locked', 'full', 'clock'],
      because: 'order, locks, space and time are the journal’s; see PostgreSQL and the clock',
    },
  ],
};

const aScheduler: Dependency = {
  id: 'scheduler',
  title: 'Another process of ours: a scheduler',
  about: 'Any number may run; each turn is taken once.',
  cells: {
    killed: cell(
      'Between what it read and the commit of its cursor nothing is lost: the next reads it again, once.',
      schedulers(
        'a scheduler that is killed between what it read and the commit of its cursor loses nothing: the next reads it again, once',
      ),
    ),
    stopped: cell(
      'Woken past its lease it cannot move the cursor; it reads from where others are by then.',
      schedulers(
        'a scheduler that is stopped past its lease in the middle of a poll cannot move the cursor when it wakes',
      ),
    ),
    duplicate: cell(
      'A turn to poll is one scheduler’s at a time, and the other’s when that is gone.',
      strays('a turn to poll > is one scheduler’s at a time, and the other’s when that is gone'),
    ),
    answerLost: cell(
      'A turn that could not be given back is taken again by its own scheduler.',
      strays('a turn to poll > that could not be given back is taken again by its own scheduler'),
    ),
    restarted: cell(
      'It ends its turns and its session, which is gone when the process is.',
      start('the journal is brought up, with partitions, crosswalks of the files, and one session a worker'),
    ),
    locked: cell(
      'Upkeep gives up rather than make everybody wait behind a long reader, and tries again.',
      strays('retention > gives up rather than make everybody wait behind a long reader'),
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
        'rejects',
        'fails',
        'limits',
        'lies',
        'malformed',
        'auth',
        'exhausted',
        'disorder',
        'stale',
      ],
      because: ofAProcess,
    },
    {
      modes: ['lost', 'partitioned'],
      because:
        'away from the database it is a scheduler that was stopped: its session ends and its turns are others’',
    },
    {
      modes: ['full', 'clock', 'drift'],
      because: 'space, time and versions are the journal’s; see PostgreSQL and the clock',
    },
  ],
};

export const processDependencies: readonly Dependency[] = [aGateway, aWorker, aScheduler];
