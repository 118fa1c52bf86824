import type { VirtualPlatform } from './platforms/platform.ts';
import type { DatabaseLink } from './worker/database-link.ts';
import type { VirtualWorker } from './worker/virtual-worker.ts';

type Site = {
  readonly link: DatabaseLink;
  readonly platforms: readonly VirtualPlatform[];
  readonly workers: VirtualWorker[];
  readonly startWorker: (name: string) => VirtualWorker;
};

/** Kills and stops workers, restarts the database, takes platforms away and gives them back. */
export function unleash(site: Site): void {
  const { world } = site.link;
  world.every(1_000, () => {
    if (world.isCalm) return 'stop';
    const what = world.random.between(0, 4);
    if (what === 0) crash(site);
    else if (what === 1) pause(site);
    else if (what === 2) restart(site);
    else if (what === 3) outage(site);
    else lockOut(site);
    return undefined;
  });
}

function crash({ link: { world }, workers, startWorker }: Site): void {
  const index = world.random.between(0, workers.length - 1);
  const worker = workers[index];
  if (worker === undefined || worker.isDead || !world.fault('worker', 0.25, `${worker.name} is killed`))
    return;
  worker.kill();
  world.after(world.chance.between(200, 6_000), () => {
    workers[index] = startWorker(`${worker.name}'`);
  });
}

/** Longer than the lease, or shorter; the world goes on. */
function pause({ link: { world }, workers }: Site): void {
  const worker = world.random.pick(workers);
  if (worker.isDead || worker.isPaused || !world.fault('worker', 0.35, `${worker.name} is stopped`)) return;
  worker.pause();
  world.after(world.chance.between(500, 14_000), () => {
    world.note(`${worker.name} goes on`);
    worker.resume();
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
