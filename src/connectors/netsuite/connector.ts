import type { Connector } from '#connector-sdk/connector.ts';
import { openClient, type NetSuiteClient } from './client.ts';
import { configSchema, type NetSuiteConfig } from './config.ts';
import { examine } from './doctor/examine.ts';
import { deletedOrderMapping } from './inbound/deleted-order.ts';
import { invoiceMapping } from './inbound/invoice.ts';
import { fulfillmentMapping } from './inbound/item-fulfillment.ts';
import { orderMapping } from './inbound/sales-order.ts';
import { amendOrder } from './orders/amend-order.ts';
import { cancelOrder } from './orders/cancel-order.ts';
import { createOrder } from './orders/create-order.ts';
import { readDocument } from './orders/read-document.ts';
import { deletionPoller, invoicePoller, orderPoller, shipmentPoller } from './polling/pollers.ts';
import { clockQuery } from './suiteql.ts';

/** NetSuite over SuiteTalk REST and SuiteQL. It calls nobody by itself, so everything that happens there is polled. */
export const netsuite: Connector<NetSuiteConfig, NetSuiteClient> = {
  id: 'netsuite',
  title: 'NetSuite',
  apiVersion: 'v1',
  roles: ['erp'],
  config: configSchema,
  limits: ({ concurrency }) => ({ concurrency, bucket: null }),
  open: openClient,
  inbound: {
    salesOrder: orderMapping,
    deletedOrder: deletedOrderMapping,
    itemFulfillment: fulfillmentMapping,
    invoice: invoiceMapping,
    cashSale: invoiceMapping,
  },
  pollers: {
    orders: orderPoller,
    shipments: shipmentPoller,
    invoices: invoicePoller,
    deletions: deletionPoller,
  },
  commands: {
    'erp.order.create': createOrder,
    'erp.order.amend': amendOrder,
    'erp.order.cancel': cancelOrder,
  },
  readDocument,
  /** Logs in where no token holds, and asks for the account's clock. */
  async probe(call, client) {
    return client.attempt(call, async (session) => {
      await session.query(clockQuery, 1);
      return { kind: 'done' as const, result: null };
    });
  },
  doctor: examine,
};
