import pg from 'pg';

/** A look older than this says nothing about now. */
const freshMs = 1_500;
const lookEveryMs = 500;
const answerWithinMs = 1_000;

/**
 * Looks into the product's database, which the checker may not: how much is in flight, and who owns lanes. Used to time things and to know when
 * the work is done, never to judge what became of it.
 */
export class DatabaseWatch {
  readonly #url: string;
  readonly #timer: NodeJS.Timeout;
  #client: pg.Client | null = null;
  #isLooking = false;
  #last: { readonly inFlight: number; readonly atMs: number } | null = null;

  constructor(url: string) {
    this.#url = url;
    this.#timer = setInterval(() => void this.#look(), lookEveryMs);
  }

  /** Events that wait and commands that are not done, of all retailers; null while the database does not say. */
  get inFlight(): number | null {
    return this.#last !== null && performance.now() - this.#last.atMs < freshMs ? this.#last.inFlight : null;
  }

  /** Lanes that a process's sessions own at the moment. */
  async lanesOf(node: string): Promise<readonly { readonly session: string; readonly lane: string }[]> {
    return this.#rows(
      `select l.owner::text as session, l.tenant || ' ' || l.entity as lane from lane l join session s on s.session_id = l.owner where s.node = $1`,
      [node],
    );
  }

  /** How many of these lanes are still owned by one of these sessions, or due and nobody's. */
  async notOwnedAgain(sessions: readonly string[], lanes: readonly string[]): Promise<number> {
    const [row] = await this.#rows<{ left: number }>(
      `select count(*)::int as left from lane l where l.tenant || ' ' || l.entity = any ($2::text[]) and (l.owner::text = any ($1::text[]) or (l.owner is null and l.due <= now()))`,
      [sessions, lanes],
    );
    return row?.left ?? 0;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#client?.end().catch(() => undefined);
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const [row] = await this.#rows<{ in_flight: number }>(
        `select ((select count(*) from inbox) + (select count(*) from command where not parked))::int as in_flight`,
        [],
      );
      if (row !== undefined) this.#last = { inFlight: row.in_flight, atMs: performance.now() };
    } catch {
      // A database that is being tortured says nothing: `inFlight` tells that by null.
    } finally {
      this.#isLooking = false;
    }
  }

  async #rows<Row extends object>(text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    try {
      this.#client ??= await this.#connected();
      return (await this.#client.query<Row>(text, [...values])).rows;
    } catch (error) {
      const broken = this.#client;
      this.#client = null;
      // A connection that hangs would not end politely either.
      void broken?.end().catch(() => undefined);
      throw error;
    }
  }

  async #connected(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#url,
      connectionTimeoutMillis: answerWithinMs,
      query_timeout: answerWithinMs,
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }
}
