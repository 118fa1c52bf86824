import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** The channel on which a gateway says, after its commit, that there is work; a hint only, workers also look by themselves. */
export const workChannel = 'tallyport_work';
/** NOTIFY carries at most 8,000 bytes. */
const payloadLimit = 7_000;

export type LaneHint = readonly [tenant: string, entity: string];
export type WorkSignal = {
  subscribe(onWork: (lanes: readonly LaneHint[]) => void): () => void;
  close(): Promise<void>;
};

/** The hint as it travels; empty (look everywhere) when there are too many lanes to name. */
export function encodeLanes(lanes: readonly LaneHint[]): string {
  const text = JSON.stringify(lanes);
  return Buffer.byteLength(text) <= payloadLimit ? text : '';
}

/** Whoever may connect may notify: what is not ours says only that there may be work. */
function decodeLanes(payload: string): readonly LaneHint[] {
  try {
    const lanes: unknown = payload === '' ? [] : JSON.parse(payload);
    return Array.isArray(lanes) ? lanes.filter(isHint) : [];
  } catch {
    return [];
  }
}
const isHint = (hint: unknown): hint is LaneHint =>
  Array.isArray(hint) && hint.length === 2 && hint.every((part) => typeof part === 'string');

/** Listens on a connection of its own, and comes back by itself when that is lost. */
export function listenForWork(url: string, onError: (error: Error) => void): WorkSignal {
  const listeners = new Set<(lanes: readonly LaneHint[]) => void>();
  let client: pg.Client | undefined;
  let isClosed = false;
  const tell = (payload: string): void => {
    const lanes = decodeLanes(payload);
    for (const listener of listeners) listener(lanes);
  };
  const connect = async (): Promise<void> => {
    const fresh = new pg.Client({
      connectionString: url,
      application_name: 'tallyport-listen',
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
    });
    const lost = new Promise<Error>((resolve) => {
      fresh.once('error', resolve);
      fresh.once('end', () => resolve(new Error('the connection ended')));
    });
    fresh.on('error', () => undefined); // a second one, while closing
    fresh.on('notification', (message) => tell(message.payload ?? ''));
    try {
      await fresh.connect();
      client = fresh; // only now: one that is ended while it connects never says so
      await fresh.query(`listen ${workChannel}`);
      if (isClosed) return;
      tell(''); // what was said while nobody listened
      const error = await lost;
      if (!isClosed) throw error;
    } finally {
      await fresh.end().catch(() => undefined);
    }
  };
  const running = (async () => {
    while (!isClosed) {
      await connect().catch(onError);
      if (!isClosed) await sleep(250);
    }
  })();
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      isClosed = true;
      await client?.end().catch(() => undefined);
      await running;
    },
  };
}
