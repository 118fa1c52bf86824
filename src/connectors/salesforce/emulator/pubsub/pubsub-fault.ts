import { randomUUID } from 'node:crypto';
import grpc from '@grpc/grpc-js';

const prefix = 'sfdc.platform.eventbus.grpc';

/** An error as Pub/Sub states it: a gRPC status, with the platform's own code in a trailer. */
export function pubSubFault(
  status: keyof typeof grpc.status,
  code: string,
  details: string,
): grpc.ServiceError {
  const metadata = new grpc.Metadata();
  metadata.set('error-code', `${prefix}.${code}`);
  metadata.set('rpc-id', randomUUID());
  return Object.assign(new Error(details), { code: grpc.status[status], details, metadata });
}
