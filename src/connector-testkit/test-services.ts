import { type ClosableHttpClient, createHttpClient } from '#connector-sdk/http-client.ts';
import { memoryCredentials } from '#connector-sdk/memory-credentials.ts';
import type { ConnectorServices, LimitReporter } from '#connector-sdk/services.ts';

export type LogLine = {
  readonly level: 'info' | 'warn' | 'error';
  readonly fields: Record<string, unknown>;
  readonly message: string;
};
export type LimitReport = Parameters<LimitReporter['report']>[0];

/** What a connector gets in tests and tools: real HTTP, credentials in memory, and a record of what it logged and reported. */
export type TestServices = ConnectorServices & {
  readonly logs: readonly LogLine[];
  readonly reports: readonly LimitReport[];
  /** Closes the sockets of every client that was handed out. */
  close(): Promise<void>;
};

/** Private addresses are allowed by default, since emulators listen on loopback. */
export function testServices(
  options: {
    readonly connection?: string;
    readonly allowPrivateAddresses?: boolean;
    readonly now?: () => number;
  } = {},
): TestServices {
  const logs: LogLine[] = [];
  const reports: LimitReport[] = [];
  const clients: ClosableHttpClient[] = [];
  const now = options.now ?? Date.now;
  const logger = (level: LogLine['level']) => (fields: Record<string, unknown>, message: string) =>
    void logs.push({ level, fields, message });
  return {
    connection: options.connection ?? 'test',
    http(baseUrl, limits = {}) {
      const client = createHttpClient(baseUrl, {
        ...limits,
        allowPrivateAddresses: options.allowPrivateAddresses ?? true,
      });
      clients.push(client);
      return client;
    },
    credentials: memoryCredentials(now),
    limits: { report: (observed) => void reports.push(observed) },
    log: { info: logger('info'), warn: logger('warn'), error: logger('error') },
    now,
    logs,
    reports,
    close: async () => void (await Promise.all(clients.map((client) => client.close()))),
  };
}
