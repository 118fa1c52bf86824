import { randomUUID } from 'node:crypto';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import type { OauthServer } from '../oauth-server.ts';
import type { OrgOptions, PubSubOptions } from '../org-options.ts';
import { tlsIdentity } from '../tls-identity.ts';
import type { ChangeFeed, Topic } from './change-feed.ts';
import type { DeliveryAllowance } from './delivery-allowance.ts';
import { replayBytes } from './event-bus.ts';
import { pubSubFault } from './pubsub-fault.ts';
import { type FetchRequest, type FetchResponse, Subscription } from './subscription.ts';

const protoFile = new URL('../../changes/pubsub_api.proto', import.meta.url).pathname;
const mostBytes = 1_000_000;

type Parts = {
  readonly feed: ChangeFeed;
  readonly oauth: OauthServer;
  readonly options: OrgOptions;
  readonly allowance: DeliveryAllowance;
};
type ProducerEvent = { readonly id: string; readonly schemaId: string; readonly payload: Buffer };
type PublishRequest = { readonly topicName: string; readonly events: readonly ProducerEvent[] };
type Unary<Request, Response> = (
  call: grpc.ServerUnaryCall<Request, Response>,
  callback: grpc.sendUnaryData<Response>,
) => void;

/** The Pub/Sub API over gRPC, of one org. Managed subscriptions are not served. */
export class PubSubServer {
  readonly #server = new grpc.Server();
  readonly #parts: Parts;
  readonly #subscriptions = new Set<Subscription>();
  #port = 0;
  /** How many Subscribe streams there were. */
  subscribed = 0;

  private constructor(parts: Parts) {
    this.#parts = parts;
    const loaded = grpc.loadPackageDefinition(
      protoLoader.loadSync(protoFile, { longs: String, enums: String, defaults: true }),
    );
    const { PubSub } = (loaded['eventbus'] as grpc.GrpcObject)['v1'] as Record<
      string,
      grpc.ServiceClientConstructor
    >;
    if (PubSub === undefined) throw new TypeError('the proto has no service PubSub');
    this.#server.addService(PubSub.service, {
      GetTopic: this.#unary(({ topicName }: { topicName: string }) => {
        const topic = this.#topic(topicName);
        return {
          topicName,
          tenantGuid: 'emulated-tenant',
          canPublish: topic.canPublish,
          canSubscribe: true,
          schemaId: topic.schema.id,
          rpcId: randomUUID(),
        };
      }),
      GetSchema: this.#unary(({ schemaId }: { schemaId: string }) => {
        const schema = parts.feed.schema(schemaId);
        if (schema === undefined)
          throw pubSubFault('NOT_FOUND', 'schema.not.found', `Schema ${schemaId} not found`);
        return { schemaJson: schema.json, schemaId: schema.id, rpcId: randomUUID() };
      }),
      Publish: this.#unary((request: PublishRequest) => this.#publish(request)),
      PublishStream: (call: grpc.ServerDuplexStream<PublishRequest, object>) => {
        call.on('data', (request: PublishRequest) => {
          try {
            this.#admit(call.metadata);
            call.write(this.#publish(request));
          } catch (error) {
            call.emit('error', error);
          }
        });
        call.on('end', () => call.end());
      },
      Subscribe: (call: grpc.ServerDuplexStream<FetchRequest, FetchResponse>) => {
        try {
          this.#admit(call.metadata);
        } catch (error) {
          call.emit('error', error);
          return;
        }
        this.subscribed += 1;
        const subscription = new Subscription(call, parts.feed, parts.options, parts.allowance);
        this.#subscriptions.add(subscription);
        call.on('close', () => this.#subscriptions.delete(subscription));
      },
    });
  }

  static async start(parts: Parts, { port = 0, tls = false }: PubSubOptions): Promise<PubSubServer> {
    const server = new PubSubServer(parts);
    const credentials = tls
      ? grpc.ServerCredentials.createSsl(null, [
          { cert_chain: Buffer.from(tlsIdentity.certificate), private_key: Buffer.from(tlsIdentity.key) },
        ])
      : grpc.ServerCredentials.createInsecure();
    server.#port = await new Promise<number>((resolve, reject) => {
      server.#server.bindAsync(`127.0.0.1:${port}`, credentials, (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    return server;
  }

  /** Host and port, as clients are configured with. */
  get endpoint(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Every stream breaks, as when the service is deployed. */
  breakStreams(): void {
    for (const subscription of this.#subscriptions)
      subscription.fail(pubSubFault('UNAVAILABLE', 'service.unavailable', 'The service is unavailable.'));
    this.#subscriptions.clear();
  }

  /** Streams end in peace; a client that does not let go is cut off. */
  async close(): Promise<void> {
    for (const subscription of this.#subscriptions) subscription.end();
    const shutdown = new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()));
    const patience = setTimeout(() => this.#server.forceShutdown(), 200);
    await shutdown;
    clearTimeout(patience);
  }

  #unary<Request, Response>(answer: (request: Request) => Response): Unary<Request, Response> {
    return (call, callback) => {
      try {
        this.#admit(call.metadata);
        callback(null, answer(call.request));
      } catch (error) {
        callback(error as grpc.ServiceError);
      }
    };
  }

  /** @throws ServiceError UNAUTHENTICATED */
  #admit(metadata: grpc.Metadata): void {
    const [token, url, tenant] = ['accesstoken', 'instanceurl', 'tenantid'].map((name) =>
      String(metadata.get(name)[0] ?? ''),
    );
    const isKnown =
      this.#parts.oauth.isLive(token ?? '') &&
      /^https?:\/\//.test(url ?? '') &&
      this.#parts.oauth.isOrg(tenant ?? '');
    if (!isKnown)
      throw pubSubFault(
        'UNAUTHENTICATED',
        'service.auth.error',
        'An exception occurred while validating the token',
      );
  }

  #topic(name: string): Topic {
    const topic = this.#parts.feed.topic(name);
    if (topic === undefined) throw pubSubFault('NOT_FOUND', 'topic.not.found', `Topic ${name} not found`);
    return topic;
  }

  #publish({ topicName, events }: PublishRequest): object {
    const topic = this.#topic(topicName);
    if (!topic.canPublish)
      throw pubSubFault(
        'PERMISSION_DENIED',
        'topic.publish.denied',
        `${topicName} takes no events from outside`,
      );
    return {
      results: events.map((event) => this.#publishOne(topic, event)),
      schemaId: topic.schema.id,
      rpcId: randomUUID(),
    };
  }

  #publishOne(topic: Topic, { id, schemaId, payload }: ProducerEvent): object {
    const problem =
      schemaId !== topic.schema.id
        ? 'the schema is not that of the topic'
        : payload.byteLength > mostBytes
          ? 'the event is larger than 1 MB'
          : isReadable(topic, payload)
            ? null
            : 'the payload does not match its schema';
    if (problem !== null) return { correlationKey: id, error: { code: 'PUBLISH', msg: problem } };
    return { correlationKey: id, replayId: replayBytes(this.#parts.feed.publish(topic, id, payload)) };
  }
}

function isReadable(topic: Topic, payload: Buffer): boolean {
  try {
    topic.schema.type.fromBuffer(payload);
    return true;
  } catch {
    return false;
  }
}
