import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import type { Json } from '#canonical/json.ts';
import { type Database, inTransaction } from './database.ts';
import { type MasterKey, openSecret, sealSecret } from './sealed-box.ts';

type Credential = { readonly value: Json; readonly expiresAtMs: number | null };
type Wish = {
  readonly marginMs: number;
  readonly refused?: Json;
  renew(current: Credential | null): Promise<Credential>;
};
type StoredCredential = { readonly credential: Credential; readonly renewedAt: string };

/** How long what was renewed is tried to be stored while the database is away: a refresh token that is used up must not be lost. */
const storeTries = 60;
const storeAgainMs = 500;

/**
 * The secrets of one connection that expire, sealed in the database. One worker of all renews, the others wait for it; what was
 * renewed is stored before anybody uses it. A failed renewal is thrown to all who waited in this process; those of another process
 * try again, one after the other.
 */
export class DatabaseCredentials {
  readonly #parts: {
    readonly database: Database;
    readonly master: MasterKey;
    readonly tenant: string;
    readonly connection: string;
  };
  readonly #now: () => number;
  readonly #known = new Map<string, Credential>();
  readonly #running = new Map<string, Promise<Credential>>();

  constructor(
    parts: {
      readonly database: Database;
      readonly master: MasterKey;
      readonly tenant: string;
      readonly connection: string;
    },
    now: () => number = Date.now,
  ) {
    this.#parts = parts;
    this.#now = now;
  }

  /** The current credential, renewed when it is missing, about to expire, or `refused` by the platform. */
  async get(name: string, wish: Wish): Promise<Credential> {
    for (;;) {
      const known = this.#known.get(name);
      if (known !== undefined && this.#isGood(known, wish)) return known;
      const running = this.#running.get(name);
      if (running === undefined) return this.#start(name, wish);
      const shared = await running;
      if (!isRefused(shared, wish)) return shared;
    }
  }

  #start(name: string, wish: Wish): Promise<Credential> {
    const running = this.#fetch(name, wish)
      .then((credential) => {
        this.#known.set(name, credential);
        return credential;
      })
      .finally(() => this.#running.delete(name));
    this.#running.set(name, running);
    return running;
  }

  #isGood(credential: Credential, wish: Wish): boolean {
    const { expiresAtMs } = credential;
    const isExpiring = expiresAtMs !== null && expiresAtMs - wish.marginMs <= this.#now();
    return !isExpiring && !isRefused(credential, wish);
  }

  async #fetch(name: string, wish: Wish): Promise<Credential> {
    const { database, tenant } = this.#parts;
    const before = await inTransaction(database, [tenant], (client) => this.#read(client, name));
    if (before !== null && this.#isGood(before.credential, wish)) return before.credential;
    let renewed: Credential | undefined;
    let seen: string | null = null;
    try {
      return await inTransaction(database, [tenant], async (client) => {
        await this.#takeTurn(client, name);
        const current = await this.#read(client, name);
        if (current !== null && this.#isGood(current.credential, wish)) return current.credential;
        seen = current?.renewedAt ?? null;
        renewed = await wish.renew(current?.credential ?? null);
        await this.#write(client, name, renewed);
        return renewed;
      });
    } catch (error) {
      if (renewed === undefined) throw error;
      return this.#storeLate(name, renewed, seen, error);
    }
  }

  /** The commit failed after the renewal: the old credential may be void by now, so the new one must get in. */
  async #storeLate(
    name: string,
    renewed: Credential,
    seen: string | null,
    failure: unknown,
  ): Promise<Credential> {
    const { database, tenant } = this.#parts;
    let last = failure;
    for (let tries = 0; tries < storeTries; tries += 1) {
      try {
        return await inTransaction(database, [tenant], async (client) => {
          await this.#takeTurn(client, name);
          const current = await this.#read(client, name);
          // Somebody was quicker, or our commit had arrived: what is stored is newest.
          if (current !== null && current.renewedAt !== seen) return current.credential;
          await this.#write(client, name, renewed);
          return renewed;
        });
      } catch (error) {
        last = error;
        await sleep(storeAgainMs);
      }
    }
    throw new Error(`the renewed credential ${name} could not be stored`, { cause: last });
  }

  /** Held until the transaction ends, and freed by PostgreSQL when its holder dies. */
  async #takeTurn(client: pg.PoolClient, name: string): Promise<void> {
    const { tenant, connection } = this.#parts;
    // Whoever renews may take longer than a lock of the engine does.
    await client.query('/* credential_patience */ set local lock_timeout = 0');
    await client.query(`/* credential_turn */ select pg_advisory_xact_lock(hashtextextended($1, 0))`, [
      JSON.stringify(['credential', tenant, connection, name]),
    ]);
  }

  async #read(client: pg.PoolClient, name: string): Promise<StoredCredential | null> {
    const { tenant, connection, master } = this.#parts;
    const { rows } = await client.query<{ sealed: Buffer; renewed_at: string }>(
      `/* credential_read */ select sealed, renewed_at::text from credential where tenant = $1 and connection = $2 and name = $3`,
      [tenant, connection, name],
    );
    const row = rows[0];
    if (row === undefined) return null;
    let text: string;
    try {
      text = openSecret(master, row.sealed);
    } catch (error) {
      throw new Error(`the credential ${name} of ${connection} was sealed under another master key`, {
        cause: error,
      });
    }
    return { credential: JSON.parse(text) as Credential, renewedAt: row.renewed_at };
  }

  async #write(client: pg.PoolClient, name: string, credential: Credential): Promise<void> {
    const { tenant, connection, master } = this.#parts;
    await client.query(
      `/* credential_write */ insert into credential (tenant, connection, name, sealed, expires_at, renewed_at)
       values ($1, $2, $3, $4, to_timestamp($5::float8 / 1000), clock_timestamp())
       on conflict (tenant, connection, name) do update set sealed = excluded.sealed, expires_at = excluded.expires_at, renewed_at = excluded.renewed_at`,
      [
        tenant,
        connection,
        name,
        sealSecret(
          master,
          JSON.stringify({
            value: credential.value,
            expiresAtMs: credential.expiresAtMs,
          } satisfies Credential),
        ),
        credential.expiresAtMs,
      ],
    );
  }
}

const isRefused = (credential: Credential, { refused }: Wish): boolean =>
  refused !== undefined && isDeepStrictEqual(credential.value, refused);
