import type { Database } from '#journal/database.ts';
import { listParked, type Parked } from '#ops/parked.ts';
import { readStatus, type Status } from '#ops/status.ts';
import { JournalTail } from '../journals/journal-tail.ts';
import { journalFile, type System, systems } from '../platforms/journal-files.ts';
import type { RetailerSetUp } from '../platforms/set-ups.ts';
import { check, type Problem, type Verdict } from './checker.ts';
import { type Tally, tally } from './tally.ts';

/** A look at everything: what the journals prove, and what the product says of itself. */
export type Observation = {
  readonly tally: Tally;
  readonly verdicts: readonly Verdict[];
  readonly problems: readonly Problem[];
  readonly parked: readonly (Parked & { readonly tenant: string })[];
  readonly statuses: ReadonlyMap<string, Status>;
  /** Nothing of the product's work is under way or waiting for its turn; what is parked does not count. */
  readonly isAtRest: boolean;
};

type Tails = Readonly<Record<System, JournalTail>>;
const parkedLimit = 100_000;

/** Looks at a run from outside: at the journals of the emulated systems, and at the product's read models. */
export class Observer {
  readonly #database: Database;
  readonly #retailers: readonly { readonly setUp: RetailerSetUp; readonly tails: Tails }[];

  constructor(database: Database, directory: string, setUps: readonly RetailerSetUp[]) {
    this.#database = database;
    this.#retailers = setUps.map((setUp) => ({
      setUp,
      tails: Object.fromEntries(
        systems.map((system) => [
          system,
          new JournalTail(journalFile(directory, setUp.profile.retailer, system)),
        ]),
      ) as Tails,
    }));
  }

  async look(): Promise<Observation> {
    const parked: (Parked & { tenant: string })[] = [];
    const statuses = new Map<string, Status>();
    const verdicts: Verdict[] = [];
    const strays: Problem[] = [];
    for (const { setUp, tails } of this.#retailers) {
      const tenant = setUp.profile.retailer;
      statuses.set(tenant, await readStatus(this.#database, tenant));
      const standing = await listParked(this.#database, tenant, { limit: parkedLimit });
      parked.push(...standing.map((each) => ({ ...each, tenant })));
      const found = check({
        retailer: tenant,
        shopConnection: setUp.shopConnection,
        shop: tails.shop.look(),
        erp: tails.erp.look(),
        crm: tails.crm.look(),
        parked: causesByOrder(standing),
      });
      verdicts.push(...found.verdicts);
      strays.push(...found.strays);
    }
    return {
      tally: tally(verdicts, strays),
      verdicts,
      problems: [...verdicts.flatMap((verdict) => verdict.problems), ...strays],
      parked,
      statuses,
      isAtRest: [...statuses.values()].every(
        ({ inFlight, commands }) => inFlight === 0 && commands.every(({ waiting }) => waiting === 0),
      ),
    };
  }
}

/** These say that something is missing, not that it stands still for a reason: they excuse nothing. */
const alarms: ReadonlySet<string> = new Set(['missing-in-erp']);

function causesByOrder(parked: readonly Parked[]): ReadonlyMap<string, readonly string[]> {
  const causes = new Map<string, string[]>();
  for (const { entity, cause } of parked)
    if (entity !== null && !alarms.has(cause)) causes.set(entity, [...(causes.get(entity) ?? []), cause]);
  return causes;
}
