import { type Cell, cell, type Dependency, type Mode, type Proof, testsOf } from './dependency.ts';

const engine = testsOf('tests/engine/engine.test.ts');
const resilience = testsOf('tests/engine/resilience.test.ts');
const sinks = testsOf('tests/resiliency/sinks.test.ts');
const product = testsOf('tests/resiliency/product.test.ts');
const alerts = testsOf('tests/resiliency/alerts.test.ts');
const pains = testsOf('tests/pains/pains.test.ts');
const settle = testsOf('src/dispatch/lane-rules/settle.test.ts');
const budget = testsOf('src/dispatch/budget.test.ts');
const call = testsOf('src/dispatch/call.test.ts');

/** What the conformance suite proves of one command of one platform. */
export function conforming(id: string, title: string, command: string) {
  const of = testsOf(`src/connectors/${id}/${id}.conformance.test.ts`);
  const group = `${title} conforms > ${command} against the emulator`;
  return {
    test: (name: string): Proof => of(`${group} > ${name}`),
    told: (fault: string): Proof =>
      of(
        `${group} > "${fault}" is told for what it is, on whichever request it falls, and "no effect" is said only where there is none`,
      ),
    once: (fault: string): Proof =>
      of(
        `${group} > after "${fault}" the declared safety holds: one effect in the end, on whichever request it falls`,
      ),
  };
}

type Own = {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly connector: string;
  readonly command: string;
  /** How the platform itself shows these, and what else it is known for. */
  readonly cells: {
    readonly lies: Cell;
    readonly malformed: Cell;
    readonly rejects: Cell;
    readonly exhausted: Cell;
    readonly locked: Cell;
    readonly drift: Cell;
    readonly stale: Cell;
    readonly auth: Cell;
  };
};

/** The engine treats all sinks alike; the platform's own part is what its answers mean. */
export function sink({ id, title, about, connector, command, cells }: Own): Dependency {
  const conforms = conforming(id, connector, command);
  const alike: Partial<Record<Mode, Cell>> = {
    refuses: cell(
      'Provably without effect. After five failures in a row the connection pauses for all workers, with an alert; at most one probe a second; its orders wait and go on by themselves. Nothing is parked for it within 24 h.',
      conforms.test('a platform that cannot be reached is unavailable, provably without effect'),
      sinks(
        'a platform that refuses connections pauses like one that answers with errors, and its orders go on when it listens again',
      ),
      sinks(
        'a dead platform is paused for all workers, asked at most once a second whether it lives, and resumed without anybody',
      ),
      settle(
        'what cannot be delivered for a day is parked, and is still delivered if a full budget was the reason',
      ),
      alerts(
        'an alert that is refused with an error, or whose answer is lost, is told again under the same id until it is taken',
      ),
    ),
    resets: cell(
      'A write may have taken effect, so nothing is repeated before the attempt’s time, the time to settle and the lag of the search are over; then it is looked up, or sent again where that is safe.',
      conforms.once('cut before the effect'),
      engine('a request that never arrived is sent again after a look-up said so'),
      settle(
        'an outcome that nobody knows > waits for the deadline, the time to settle, and the lag of the search',
      ),
    ),
    hangs: cell(
      'The call ends with its time-out as one whose outcome nobody knows. Only orders for this platform wait, and not in memory: another’s go on, also when more wait than a worker can hold.',
      conforms.told('silence before the effect'),
      sinks(
        'a sink that hangs holds up none of the work for another, though more orders wait for it than a worker can hold',
      ),
      call('a connector that never answers is not waited for beyond its time'),
    ),
    slow: cell(
      'It is given as much at once as it takes, over all workers together, and none of it counts as failed.',
      sinks(
        'a slow sink is given as much work as it takes at once and no more, and none of it counts as failed',
      ),
      engine("two workers together keep to one account's concurrency"),
    ),
    half: cell(
      'It pauses after five failures in a row, and retries are spread: it is called at most 1.2 times for each order that is offered. Everything is delivered when it is well again.',
      sinks(
        'a sink that fails half of the time is called at most 1.2 times for each order that is offered, and loses none',
      ),
    ),
    answerLost: cell(
      'One effect in the end: it is looked up by our own key, or sent again with the same key and the same bytes.',
      conforms.once('cut after the effect'),
      conforms.once('silence after the effect'),
      engine('an effect whose answer was lost is found by look-up and not repeated'),
      sinks('each attempt of a command carries the same key and the same bytes'),
    ),
    fails: cell(
      'Of a write nobody knows, as after a lost answer; 503 that means "not begun" is tried again. In a row they pause the connection; nothing is parked for it within 24 h.',
      conforms.told('server error'),
      conforms.told('overloaded'),
      conforms.once('server error'),
      engine(
        'a platform that is away stops only its own work, and everything goes on by itself when it is back',
      ),
    ),
    limits: cell(
      'All workers wait as long as it said; nothing is dropped, nothing is parked, and the connection does not count as dead.',
      conforms.told('rate limit'),
      budget('a paused account lets nobody begin, on either worker'),
      engine('answers of 429 and 409 are waited out; nothing is dropped and nothing is parked'),
      pains('pain 20: answers of "too many" drop nothing'),
      product(
        'a CRM whose allowance for the day is used up is left alone as long as it says, is told to nobody as a failure, and loses no order',
      ),
    ),
    disorder: cell(
      'Commands of one order and platform go out one at a time, the older first; a parked one without effect lets others pass.',
      engine('what was accepted takes effect once at every system, in the order of its key'),
      engine('a parked command without effect does not hold up the next one of its order'),
    ),
    duplicate: cell(
      'Sent again with the same key, as after a crash before the answer was stored, it has no second effect.',
      conforms.test(
        'sent again with the same key, as after a crash before the answer was stored, has no second effect',
      ),
      engine('a message that comes twice is taken once'),
    ),
    killed: cell(
      'As an answer that was lost, then as a platform that refuses connections.',
      conforms.once('cut after the effect'),
      sinks(
        'a platform that refuses connections pauses like one that answers with errors, and its orders go on when it listens again',
      ),
    ),
    restarted: cell(
      'A probe finds it, at most one a second; what waited for it goes on by itself, as fast as its limits allow.',
      sinks(
        'a dead platform is paused for all workers, asked at most once a second whether it lives, and resumed without anybody',
      ),
      engine(
        'a platform that is away stops only its own work, and everything goes on by itself when it is back',
      ),
    ),
    partitioned: cell(
      'As one that hangs: calls end with their time-outs, after which the connection pauses.',
      conforms.told('silence after the effect'),
      sinks(
        'a sink that hangs holds up none of the work for another, though more orders wait for it than a worker can hold',
      ),
    ),
    clock: cell(
      'What it says about time is not taken on trust: a Retry-After that is no number, in the past or a century away holds up nobody.',
      settle('what a platform says about time is not taken on trust > one in a century'),
      settle('what a platform says about time is not taken on trust > a Retry-After that is no number'),
      resilience('a platform that names a time nobody can read holds up nobody'),
    ),
    ...cells,
  };
  return {
    id,
    title,
    about,
    cells: alike,
    notApplicable: [
      {
        modes: ['lost'],
        because: 'a message to it is a call with an answer; one without is an answer that was lost',
      },
      { modes: ['stopped'], because: 'it holds no lease of ours; stopped, it hangs' },
      { modes: ['full'], because: 'its disks are its own: it shows an error' },
    ],
  };
}
