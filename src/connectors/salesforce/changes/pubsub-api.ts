import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

/** What one answer of a subscription brings. */
export type FetchResponse = {
  readonly events: readonly {
    readonly replayId: Buffer;
    readonly event: { readonly schemaId: string; readonly payload: Buffer };
  }[];
  readonly latestReplayId: Buffer;
};
export type FetchRequest = {
  readonly topicName: string;
  readonly numRequested: number;
  readonly replayPreset?: 'LATEST' | 'CUSTOM';
  readonly replayId?: Buffer;
};
export type SubscribeCall = grpc.ClientDuplexStream<FetchRequest, FetchResponse>;

/** Whom a call is made for. */
export type Caller = { readonly token: string; readonly instanceUrl: string; readonly orgId: string };

export type PubSubEndpoint = {
  readonly endpoint: string;
  readonly plaintext: boolean;
  /** Certificates (PEM) to trust instead of the usual ones. */
  readonly certificateAuthority: string | null;
};

type Stub = grpc.Client & {
  GetSchema(
    request: { schemaId: string },
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: (error: grpc.ServiceError | null, answer?: { schemaJson: string }) => void,
  ): void;
  GetTopic(
    request: { topicName: string },
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: (error: grpc.ServiceError | null, answer?: { canSubscribe: boolean }) => void,
  ): void;
  Subscribe(metadata: grpc.Metadata): SubscribeCall;
};

/** The Pub/Sub API over gRPC: the second and last I/O of this connector. Connects at the first call. */
export class PubSubApi {
  readonly #endpoint: PubSubEndpoint;
  #stub: Stub | null = null;

  constructor(endpoint: PubSubEndpoint) {
    this.#endpoint = endpoint;
  }

  /** The Avro schema of an event. @throws ServiceError */
  async schema(schemaId: string, caller: Caller, deadlineMs: number): Promise<string> {
    const answer = await new Promise<{ schemaJson: string }>((resolve, reject) => {
      this.#connected().GetSchema(
        { schemaId },
        metadataOf(caller),
        { deadline: deadlineMs },
        (error, found) =>
          error === null && found !== undefined ? resolve(found) : reject(error ?? new Error('no answer')),
      );
    });
    return answer.schemaJson;
  }

  /** Whether a topic is there and may be subscribed to. @throws ServiceError */
  async canSubscribe(topicName: string, caller: Caller, deadlineMs: number): Promise<boolean> {
    const answer = await new Promise<{ canSubscribe: boolean }>((resolve, reject) => {
      this.#connected().GetTopic(
        { topicName },
        metadataOf(caller),
        { deadline: deadlineMs },
        (error, found) =>
          error === null && found !== undefined ? resolve(found) : reject(error ?? new Error('no answer')),
      );
    });
    return answer.canSubscribe;
  }

  subscribe(caller: Caller): SubscribeCall {
    return this.#connected().Subscribe(metadataOf(caller));
  }

  #connected(): Stub {
    if (this.#stub !== null) return this.#stub;
    const { endpoint, plaintext, certificateAuthority } = this.#endpoint;
    const file = new URL('./pubsub_api.proto', import.meta.url).pathname;
    const loaded = grpc.loadPackageDefinition(
      protoLoader.loadSync(file, { longs: String, enums: String, defaults: true }),
    );
    const version = (loaded['eventbus'] as grpc.GrpcObject)['v1'] as grpc.GrpcObject;
    const Client = version['PubSub'] as grpc.ServiceClientConstructor;
    const trusted = certificateAuthority === null ? null : Buffer.from(certificateAuthority);
    this.#stub = new Client(
      endpoint,
      plaintext ? grpc.credentials.createInsecure() : grpc.credentials.createSsl(trusted),
      { 'grpc.keepalive_time_ms': 60_000, 'grpc.keepalive_timeout_ms': 20_000 },
    ) as unknown as Stub;
    return this.#stub;
  }
}

function metadataOf({ token, instanceUrl, orgId }: Caller): grpc.Metadata {
  const metadata = new grpc.Metadata();
  metadata.set('accesstoken', token);
  metadata.set('instanceurl', instanceUrl);
  metadata.set('tenantid', orgId);
  return metadata;
}
