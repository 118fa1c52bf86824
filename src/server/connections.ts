import { type ClosableHttpClient, createHttpClient } from '#connector-sdk/http-client.ts';
import { secretTexts } from '#connector-sdk/secrets.ts';
import type { ConnectorServices, LimitReporter } from '#connector-sdk/services.ts';
import type { Installation, OpenConnection } from '#dispatch/open-connection.ts';
import { DatabaseCredentials } from '#journal/credential-store.ts';
import type { Database } from '#journal/database.ts';
import type { MasterKey } from '#journal/sealed-box.ts';
import type { MaskedLog } from './logger.ts';
import type { ConfiguredConnection, Retailer } from './retailers/retailer.ts';

/** All connections of an installation, open. */
export type OpenInstallation = {
  readonly installation: Installation;
  /** Closes the sockets to all platforms; calls under way are cut. */
  close(): Promise<void>;
};

/** Opens every configured connection. Nothing goes over the network yet. */
export function openConnections(
  retailers: readonly Retailer[],
  parts: {
    readonly database: Database;
    readonly master: MasterKey;
    readonly log: MaskedLog;
    /** Where a platform's word on its budget goes. Asked at each report, since the limiter is made from the connections. */
    reporterOf(tenant: string, connection: string): LimitReporter | null;
  },
): OpenInstallation {
  const sockets: ClosableHttpClient[] = [];
  const open = (tenant: string, configured: ConfiguredConnection): OpenConnection => {
    const { id, connector, config, allowPrivateAddresses, trustedCertificates } = configured;
    const services: ConnectorServices = {
      connection: id,
      http(baseUrl, options = {}) {
        const client = createHttpClient(baseUrl, {
          ...options,
          allowPrivateAddresses,
          ...(trustedCertificates !== null && { ca: trustedCertificates }),
        });
        sockets.push(client);
        return client;
      },
      credentials: new DatabaseCredentials({ ...parts, tenant, connection: id }),
      limits: { report: (observed) => parts.reporterOf(tenant, id)?.report(observed) },
      log: parts.log.with({ tenant, connection: id }, secretTexts(connector.config, config)),
      now: Date.now,
    };
    return { tenant, id, connector, config, client: connector.open(config, services) as unknown };
  };

  const connections = retailers.flatMap(({ tenant, connections: configured }) =>
    configured.map((each) => open(tenant, each)),
  );
  const byName = new Map(connections.map((each) => [`${each.tenant} ${each.id}`, each]));
  return {
    installation: {
      tenants: retailers.map(({ tenant }) => tenant),
      connections,
      connection: (tenant, id) => byName.get(`${tenant} ${id}`) ?? null,
    },
    close: async () => void (await Promise.all(sockets.map((client) => client.close()))),
  };
}

/** Every secret of an installation, as it may travel, for the log to hide. */
export function secretsOf(retailers: readonly Retailer[]): readonly string[] {
  return retailers.flatMap(({ connections, alerts }) => [
    ...(alerts === null ? [] : [alerts.secret]),
    ...connections.flatMap(({ connector, config }) => secretTexts(connector.config, config)),
  ]);
}
