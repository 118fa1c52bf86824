import type { PeerWebhook } from './peer-webhook.ts';

export type OrderJob = Pick<PeerWebhook, 'order' | 'version' | 'content'> & { readonly retailer: number };

export const queueNames = { erp: 'erp', crm: 'crm' } as const;
/** Tried again for an hour, at most two seconds apart, as a competent user of an ERP that is away for minutes would have it. */
export const jobOptions = {
  attempts: 1_800,
  backoff: { type: 'capped' },
  // A finished job's id is what refuses a repeat of its delivery.
  removeOnComplete: { age: 3_600 },
} as const;

/** 100 ms, doubled each time, at most 2 s. Milliseconds. */
export const backoffMs = (attemptsMade: number): number => Math.min(2_000, 100 * 2 ** (attemptsMade - 1));
