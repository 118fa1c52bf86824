import { newCall } from '#connector-sdk/call.ts';
import type { Emulator } from '#connector-testkit/emulator.ts';
import type { Json, JsonObject } from '#canonical/json.ts';
import { asText } from '../emulator/schema.ts';
import type { EmulatedOrg } from '../emulator/emulated-org.ts';

/** Somebody else who works in the org: a user of its own, real calls of the REST API. */
export type Agent = {
  create(object: string, fields: JsonObject): Promise<string>;
  createAll(object: string, records: readonly JsonObject[]): Promise<readonly string[]>;
  update(object: string, id: string, fields: JsonObject): Promise<void>;
  remove(object: string, id: string): Promise<void>;
};

/** Logs somebody in by client credentials; `client` is the name of their program. */
export async function agentOf(
  emulator: Emulator<EmulatedOrg>,
  client: string | null = 'Desk',
): Promise<Agent> {
  const { platform } = emulator;
  const call = newCall({ timeoutMs: 5_000 });
  const ask = async (
    method: string,
    path: string,
    body: Json,
    headers: Record<string, string> = {},
  ): Promise<Json> => {
    const response = await platform.handle({
      method,
      path: path.split('?')[0] ?? path,
      query: new URLSearchParams(path.split('?')[1] ?? ''),
      headers: { host: 'org', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    if (response.status >= 300 || call.signal.aborted) throw new Error(`${response.status} ${response.body}`);
    return response.body === '' ? null : (JSON.parse(response.body) as Json);
  };
  const { consumerKey, consumerSecret } = platform.auth;
  const form = { grant_type: 'client_credentials', client_id: consumerKey, client_secret: consumerSecret };
  const login = (await ask(
    'POST',
    '/services/oauth2/token',
    new URLSearchParams(form).toString(),
  )) as JsonObject;
  const headers = {
    authorization: `Bearer ${asText(login['access_token'])}`,
    ...(client !== null && { 'sforce-call-options': `client=${client}` }),
  };
  const data = '/services/data/v67.0';
  return {
    async create(object, fields) {
      const saved = (await ask('POST', `${data}/sobjects/${object}`, fields, headers)) as JsonObject;
      return asText(saved['id']);
    },
    async createAll(object, records) {
      const body = {
        allOrNone: true,
        records: records.map((record) => ({ attributes: { type: object }, ...record })),
      };
      const saved = (await ask('POST', `${data}/composite/sobjects`, body, headers)) as readonly JsonObject[];
      return saved.map(({ id }) => asText(id));
    },
    async update(object, id, fields) {
      await ask('PATCH', `${data}/sobjects/${object}/${id}`, fields, headers);
    },
    async remove(object, id) {
      await ask('DELETE', `${data}/sobjects/${object}/${id}`, '', headers);
    },
  };
}
