import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { Connector } from '#connector-sdk/connector.ts';
import { parseWith } from '#connector-sdk/mapping.ts';

export const secret = 'a-secret-of-the-tests';
export const sign = (body: Buffer): string => createHmac('sha256', secret).update(body).digest('hex');

/** The part of a connector that the gateway needs: topic, id and instant in headers, the body signed. */
export const signedConnector: Pick<Connector, 'webhook' | 'inbound'> = {
  webhook: {
    verify({ headers, body }) {
      if (headers['x-signature'] === undefined) return { ok: false, reason: 'signature-missing' };
      if (headers['x-signature'] !== sign(body)) return { ok: false, reason: 'signature-invalid' };
      return {
        ok: true,
        topic: headers['x-topic'] ?? '',
        sourceEventId: headers['x-event-id'] ?? '',
        occurredAt: headers['x-occurred-at'] ?? null,
      };
    },
  },
  inbound: {
    'thing/changed': {
      subject: (body, connection) => {
        const { id } = parseWith(z.object({ id: z.string() }), body);
        return { entity: 'order', ref: { connection, type: 'Thing', id }, founds: true };
      },
      map: () => [],
    },
    'thing/defect': {
      subject: () => {
        throw new TypeError('a defect of the connector');
      },
      map: () => [],
    },
  },
};
