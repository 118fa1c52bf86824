import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EffectJournal, effectJournal } from './effect-journal.ts';
import type { EmulatorRequest, EmulatorResponse } from './emulator-request.ts';
import { FaultPlan } from './fault-plan.ts';

export type { EmulatorRequest, EmulatorResponse };

export type EmulatorOptions = {
  /** 0 = any free port. */
  readonly port?: number;
  readonly journalFile?: string | null;
  /** No answer leaves before the effects behind it are synced to the journal's file. */
  readonly syncJournal?: boolean;
  readonly seed?: number;
  /** Certificate and key (PEM): the platform is served over https. */
  readonly tls?: { readonly cert: string; readonly key: string };
};

/** A platform in process: a real HTTP server on loopback with its own ground truth and a plan of what goes wrong. */
export type Emulator<Platform> = {
  readonly url: string;
  readonly platform: Platform;
  readonly journal: EffectJournal;
  readonly faults: FaultPlan;
  close(): Promise<void>;
};

/**
 * Serves `platform` (made with the journal it writes its effects to). The handler decides and has the effect before it
 * returns; faults sit around it, so that `reset-after` is an effect without an answer.
 */
export async function startEmulator<
  Platform extends { handle(request: EmulatorRequest): EmulatorResponse | Promise<EmulatorResponse> },
>(make: (journal: EffectJournal) => Platform, options: EmulatorOptions = {}): Promise<Emulator<Platform>> {
  const journal = effectJournal(options.journalFile ?? null, { sync: options.syncJournal ?? false });
  const faults = new FaultPlan(options.seed);
  const platform = make(journal);

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const request = await readRequest(incoming);
    const fault = faults.draw(request);
    if (fault?.kind === 'delay' || fault?.kind === 'hang') await sleep(fault.ms);
    if (fault?.kind === 'reset' || fault?.kind === 'hang') return void incoming.socket.destroy();
    if (fault?.kind === 'answer')
      return send(outgoing, {
        status: fault.status,
        body: fault.body ?? '',
        ...(fault.headers && { headers: fault.headers }),
      });
    if (fault?.kind === 'effect-late') {
      incoming.socket.destroy();
      await sleep(fault.ms);
    }
    const response = await platform.handle(request);
    await journal.synced();
    if (fault?.kind === 'hang-after') await sleep(fault.ms);
    if (fault?.kind === 'reset-after' || fault?.kind === 'hang-after') return void incoming.socket.destroy();
    send(outgoing, response);
  };

  const listener = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    serve(incoming, outgoing).catch((error: unknown) => {
      // A defect of the emulator must be seen as one, not taken for the platform's own 500.
      send(outgoing, {
        status: 599,
        body: `emulator defect: ${error instanceof Error ? error.stack : String(error)}`,
      });
    });
  };
  const server =
    options.tls === undefined ? createServer(listener) : createSecureServer(options.tls, listener);
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    platform,
    journal,
    faults,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      journal.close();
    },
  };
}

async function readRequest(incoming: IncomingMessage): Promise<EmulatorRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const url = new URL(incoming.url ?? '/', 'http://emulator');
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
  );
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function send(outgoing: ServerResponse, response: EmulatorResponse): void {
  if (outgoing.headersSent || outgoing.destroyed) return;
  outgoing.writeHead(response.status, { 'content-type': 'application/json', ...response.headers });
  outgoing.end(response.body);
}
