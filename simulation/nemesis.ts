import type { VirtualPlatform } from './platforms/platform.ts';
import type { DatabaseLink } from './worker/database-link.ts';
import type { Fleet } from './rollout.ts';
import { leaseMs } from './worker/session.ts';

/** What fires deadlines; it may stand still for a while. */
export type Scheduler = { isStill: boolean };

type Site = {
  readonly link: DatabaseLink;
  readonly platforms: readonly VirtualPlatform[];
  readonly fleet: Fleet;
  readonly scheduler: Scheduler;
};

/** Kills and stops workers, restarts the database, sets its clock, takes platforms away and gives them back. */
export function unleash(site: Site): void {
  const { world } = site.link;
  const deeds = [crash, pause, restart, outage, lockOut, stepClock, standStill];
  world.every(800, () => {
    if (world.isCalm) return 'stop';
    world.random.pick(deeds)(site);
    return undefined;
  });
}

function crash({ link: { world }, fleet }: Site): void {
  const place = world.random.between(0, fleet.workers.length - 1);
  const worker = fleet.workers[place];
  if (worker === undefined || worker.isDead || !world.fault('worker', 0.25, `${worker.name} is killed`))
    return;
  worker.kill();
  world.after(world.chance.between(200, 6_000), () => fleet.restart(place));
}

/** Longer than the lease, or shorter; the world goes on. */
function pause({ link: { world }, fleet }: Site): void {
  const worker = world.random.pick(fleet.workers);
  if (worker.isDead || worker.isPaused || !world.fault('worker', 0.35, `${worker.name} is stopped`)) return;
  worker.pause();
  world.after(world.chance.between(500, 14_000), () => {
    world.note(`${worker.name} goes on`);
    worker.resume();
  });
}

/**
 * Back by any time: whatever waits for an instant then comes late. Forward only by more than a lease, and while no attempt is open:
 * of one that is open, nobody could tell any more when it is settled.
 */
function stepClock({ link: { world, store }, fleet }: Site): void {
  if (world.fault('time', 0.08, "the database's clock is set back")) {
    const byMs = world.chance.between(500, 15_000);
    store.stepClock(-byMs);
    for (const worker of fleet.workers) worker.hearClock();
    world.note(`the database's clock: ${byMs} ms back`);
    return world.met('the clock of the database was set back');
  }
  const isAnytime = world.is('clock-forward-anytime');
  const isOpen = [...store.commands.values()].some((rows) =>
    [...rows.values()].some(({ state }) => state !== 'pending'),
  );
  if (
    (isOpen && !isAnytime) ||
    !world.fault('time', isAnytime ? 1 : 0.2, "the database's clock is set forward")
  )
    return;
  const byMs = world.chance.between(isAnytime ? 1_000 : leaseMs + 1_000, 15_000);
  store.stepClock(byMs);
  world.note(`the database's clock: ${byMs} ms forward`);
  world.met('the clock of the database was set forward');
}

function standStill({ link: { world }, scheduler }: Site): void {
  if (scheduler.isStill || !world.fault('time', 0.3, 'the scheduler stands still')) return;
  scheduler.isStill = true;
  world.met('the scheduler stood still');
  world.after(world.chance.between(1_000, 20_000), () => {
    scheduler.isStill = false;
  });
}

function restart({ link }: Site): void {
  const { world } = link;
  if (link.isDown || !world.fault('database', 0.25, 'the database restarts')) return;
  if (link.underWay > 0) world.met('the database restarted with commits under way');
  link.isDown = true;
  link.restarts += 1;
  world.after(world.chance.between(100, 9_000), () => {
    world.note('the database is back');
    link.isDown = false;
  });
}

function outage({ link: { world }, platforms }: Site): void {
  const platform = world.random.pick(platforms);
  if (platform.isDown || !world.fault('network', 0.25, `${platform.connection} is down`)) return;
  platform.isDown = true;
  world.after(world.chance.between(500, 12_000), () => {
    world.note(`${platform.connection} is back`);
    platform.isDown = false;
  });
}

function lockOut({ link: { world }, platforms }: Site): void {
  const platform = world.random.pick(platforms);
  if (platform.isLockedOut || !world.fault('refusal', 0.12, `${platform.connection}: credentials expire`))
    return;
  platform.isLockedOut = true;
  world.after(world.chance.between(500, 6_000), () => {
    platform.isLockedOut = false;
  });
}
