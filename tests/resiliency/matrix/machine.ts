import { cell, type Dependency, testsOf } from './dependency.ts';

const gateway = testsOf('src/intake/gateway.test.ts');
const gateways = testsOf('tests/resiliency/gateways.test.ts');
const hostile = testsOf('src/intake/hostile-bodies.test.ts');
const workers = testsOf('tests/resiliency/workers.test.ts');
const sinks = testsOf('tests/resiliency/sinks.test.ts');
const clock = testsOf('tests/resiliency/clock.test.ts');
const http = testsOf('src/connector-sdk/http-client.test.ts');

const theClock: Dependency = {
  id: 'clock',
  title: "This machine's clock",
  about: 'Leases and attempts go by the monotonic clock and the database’s.',
  cells: {
    clock: cell(
      'A step forward or back in the middle of calls, pauses and lost answers keeps every effect once and parks nothing, and so does a clock that is an hour off from the beginning. A pause that a platform asked for ends when it should.',
      clock(
        'a clock that steps by 3600000 ms in the middle of calls, pauses and lost answers keeps every effect once and parks nothing',
      ),
      clock(
        'a clock that steps by -3600000 ms in the middle of calls, pauses and lost answers keeps every effect once and parks nothing',
      ),
      clock(
        'a pause that a platform asked for ends when it should, although the clock steps back an hour meanwhile',
      ),
      clock('a worker whose clock is an hour off from the beginning works as any other'),
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
        'malformed',
        'disorder',
        'duplicate',
        'lost',
        'stale',
        'auth',
        'exhausted',
        'locked',
        'killed',
        'stopped',
        'restarted',
        'partitioned',
        'full',
        'drift',
      ],
      because: 'a clock can only be wrong',
    },
  ],
};

const memory: Dependency = {
  id: 'memory',
  title: "This process's memory",
  about: 'What is held is bounded by number and by bytes; nothing that is held cannot be lost.',
  cells: {
    full: cell(
      'A process that is killed for its memory is one that is killed: see the processes.',
      workers(
        'a worker that is killed in the middle of its calls, after the effect, is taken over from, and each effect is there once',
      ),
      gateways('a gateway that is killed before the commit gave no 2xx; the repeat is taken once'),
    ),
    exhausted: cell(
      'Requests, messages that wait, lanes and answers of platforms are bounded; beyond that senders are told to come again, lanes wait in the journal, and an answer that is too large counts as lost.',
      gateway('acknowledged is durable > beyond what may wait, senders are told to come again'),
      workers('a worker holds no more lanes in memory than it may, however many wait'),
      sinks(
        'a sink that hangs holds up none of the work for another, though more orders wait for it than a worker can hold',
      ),
      http('lost: the request may have arrived > when the answer is larger than allowed (chunked)'),
      hostile('a hostile or broken body > one of 10 MB is refused with 413 and not stored'),
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
        'malformed',
        'disorder',
        'duplicate',
        'lost',
        'stale',
        'auth',
        'locked',
        'killed',
        'stopped',
        'restarted',
        'partitioned',
        'clock',
        'drift',
      ],
      because: 'memory is there or is not',
    },
  ],
};

export const machineDependencies: readonly Dependency[] = [theClock, memory];
