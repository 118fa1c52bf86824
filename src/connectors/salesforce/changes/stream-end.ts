import grpc from '@grpc/grpc-js';

/** Why a stream ended, in terms of what to do about it. */
export type StreamEnd = {
  /** `position-lost`: begin anew at the tip and read the gap; the others name outcomes, or the allocation of deliveries. */
  readonly kind: 'position-lost' | 'deliveries-used-up' | 'unauthorized' | 'rejected' | 'unavailable';
  readonly detail: string;
};

/** What an error of the Pub/Sub API means. The platform's own code stands in a trailer. */
export function streamEnd(error: unknown): StreamEnd {
  const { code, details, metadata } = error as Partial<grpc.ServiceError>;
  const own = String(metadata?.get('error-code')[0] ?? '').replace('sfdc.platform.eventbus.grpc.', '');
  const detail = `${own === '' ? `gRPC ${code ?? 'error'}` : own}: ${details ?? String(error)}`.slice(0, 300);
  // Beyond the retention a replay id is called invalid or, as often, corrupted; either way nobody knows it any more.
  if (own.startsWith('subscription.fetch.replayid.')) return { kind: 'position-lost', detail };
  if (own === 'subscription.limit.exceeded') return { kind: 'deliveries-used-up', detail };
  if (own.startsWith('service.auth.') || code === grpc.status.UNAUTHENTICATED)
    return { kind: 'unauthorized', detail };
  if (code === grpc.status.PERMISSION_DENIED) return { kind: 'unauthorized', detail };
  if (code === grpc.status.NOT_FOUND || code === grpc.status.INVALID_ARGUMENT)
    return { kind: 'rejected', detail };
  return { kind: 'unavailable', detail };
}
