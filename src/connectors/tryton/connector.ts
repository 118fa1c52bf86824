import { z } from 'zod';
import type { Connector } from '#connector-sdk/connector.ts';
import { openClient, type TrytonClient } from './client.ts';
import { configSchema, type TrytonConfig } from './config.ts';
import { examine } from './doctor.ts';
import { invoiceMapping } from './inbound/invoice.ts';
import { saleMapping } from './inbound/sale.ts';
import { shipmentMapping } from './inbound/shipment.ts';
import { invoicePoller, salePoller, shipmentPoller } from './polling/pollers.ts';
import { amendSale } from './sales/amend-sale.ts';
import { cancelSale } from './sales/cancel-sale.ts';
import { createSale } from './sales/create-sale.ts';
import { readSale } from './sales/read-sale.ts';

/** Tryton 6.0 over JSON-RPC. It calls nobody, so everything that happens there is polled. */
export const tryton: Connector<TrytonConfig, TrytonClient> = {
  id: 'tryton',
  title: 'Tryton',
  apiVersion: '6.0',
  roles: ['erp'],
  config: configSchema,
  limits: ({ concurrency }) => ({ concurrency, bucket: null }),
  open: openClient,
  inbound: {
    'sale.sale': saleMapping,
    'stock.shipment.out': shipmentMapping,
    'account.invoice': invoiceMapping,
  },
  pollers: { sales: salePoller, shipments: shipmentPoller, invoices: invoicePoller },
  commands: {
    'erp.order.create': createSale,
    'erp.order.cancel': cancelSale,
    'erp.order.amend': amendSale,
  },
  readDocument: readSale,
  /** Opens no session of its own while the old one holds, and reads one count. */
  async probe(call, client) {
    return client.attempt(call, async (rpc) => {
      const companies = z
        .int()
        .parse(await rpc.read('model.company.company.search_count', [['id', '=', await rpc.company()]]));
      return { kind: 'done' as const, result: { companies } };
    });
  },
  doctor: examine,
};
