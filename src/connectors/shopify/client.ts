import type { Json } from '#canonical/json.ts';
import type { Call } from '#connector-sdk/connector.ts';
import type { ConnectorServices, Credential, Logger } from '#connector-sdk/services.ts';
import { TokenError, storedToken, tokenAnswer, tokenMarginMs, tokenRequest } from './access-token.ts';
import type { ShopifyConfig } from './config.ts';
import { type Answer, type Failure, interpret, retryAfterMs } from './graphql-answer.ts';
import type { Operation } from './queries/operation.ts';

/** A part of an attempt: what bounds one exchange. */
export type CallBounds = Pick<Call, 'deadlineMs' | 'signal'>;

/** The shop, as the rest of the connector reaches it: the only way to the network. */
export type ShopifyClient = {
  readonly config: ShopifyConfig;
  readonly connection: string;
  readonly log: Logger;
  now(): number;
  /** Runs one operation; never throws for what the network or the shop does. */
  run<Data>(
    operation: Operation<Data>,
    variables: { readonly [name: string]: Json },
    call: CallBounds,
  ): Promise<Answer<Data>>;
  /** The credential in use, for the forecast of its end; null for a fixed token. */
  credential(call: CallBounds): Promise<Credential | null>;
};

/** Opens nothing by itself. */
export function openClient(config: ShopifyConfig, services: ConnectorServices): ShopifyClient {
  const http = services.http(config.baseUrl ?? `https://${config.shop}`);
  const path = `/admin/api/${config.apiVersion}/graphql.json`;

  /** One renewal for all workers: the store runs it once while the others wait. */
  const token = (call: CallBounds, refused?: Json): Promise<Credential> =>
    services.credentials.get('shopify-access-token', {
      marginMs: tokenMarginMs,
      ...(refused !== undefined && { refused }),
      renew: async (current) => {
        const result = await http.request({
          method: 'POST',
          path: '/admin/oauth/access_token',
          headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
          body: tokenRequest(config, current),
          deadlineMs: call.deadlineMs,
          signal: call.signal,
        });
        return tokenAnswer(result, services.now());
      },
    });

  const exchange = async <Data>(
    operation: Operation<Data>,
    body: string,
    accessToken: string,
    call: CallBounds,
  ) => {
    const result = await http.request({
      method: 'POST',
      path,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'x-shopify-access-token': accessToken,
      },
      body,
      deadlineMs: call.deadlineMs,
      signal: call.signal,
    });
    const { answer, budget } = interpret(operation, result, config.apiVersion);
    if (budget !== null) services.limits.report(budget);
    if (answer.kind === 'rate-limited') {
      const pausedForMs =
        answer.retryAfterMs ?? (result.kind === 'response' ? retryAfterMs(result.headers) : null);
      if (pausedForMs !== null) services.limits.report({ pausedForMs });
    }
    const version =
      result.kind === 'response' && result.status === 200
        ? result.headers['x-shopify-api-version']
        : undefined;
    if (version !== undefined && version !== config.apiVersion) {
      services.log.error(
        { expected: config.apiVersion, served: version },
        'Shopify answered with another API version',
      );
    }
    return { answer, isRefused: result.kind === 'response' && result.status === 401 };
  };

  const run: ShopifyClient['run'] = async (operation, variables, call) => {
    const body = JSON.stringify({ query: operation.text, variables, operationName: operation.name });
    if (config.auth.kind === 'access-token')
      return (await exchange(operation, body, config.auth.accessToken, call)).answer;
    try {
      const current = await token(call);
      const first = await exchange(operation, body, storedToken.parse(current.value).accessToken, call);
      if (!first.isRefused) return first.answer;
      // A token can be revoked before its time: renewed once, tried once more. A 401 ran nothing, so a write may be repeated.
      const renewed = await token(call, current.value);
      return (await exchange(operation, body, storedToken.parse(renewed.value).accessToken, call)).answer;
    } catch (error) {
      return tokenFailure(error);
    }
  };

  return {
    config,
    connection: services.connection,
    log: services.log,
    now: () => services.now(),
    run,
    credential: async (call) => (config.auth.kind === 'access-token' ? null : token(call)),
  };
}

/** A failed renewal happens before the call, so the call had no effect. Any other error is a defect and passes through. */
function tokenFailure(error: unknown): Failure {
  if (error instanceof TokenError) return error.outcome;
  throw error;
}
