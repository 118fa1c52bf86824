/*
 * Every query that this connector sends, so that names of tables and columns stand in one place. Tables and columns are general
 * knowledge, not read from an account's own catalogue: `doctor` asks the ones that accounts differ in.
 */

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const list = (values: readonly string[]): string => values.map(text).join(', ');
/** Internal ids only; the caller has checked that they are digits. */
const ids = (values: readonly string[]): string => values.join(', ');
const instantText = (column: string): string => `TO_CHAR(${column}, 'YYYY-MM-DD HH24:MI:SS')`;

export const clockQuery = `SELECT ${instantText('SYSDATE')} AS now FROM DUAL`;
export const currenciesQuery = 'SELECT id, symbol FROM currency';
export const itemsQuery = (names: readonly string[]): string =>
  `SELECT id, itemid FROM item WHERE isinactive = 'F' AND itemid IN (${list(names)})`;
export const itemNamesQuery = (some: readonly string[]): string =>
  `SELECT id, itemid, externalid FROM item WHERE id IN (${ids(some)})`;
export const existsQuery = (table: 'subsidiary' | 'location', id: string): string =>
  `SELECT id FROM ${table} WHERE id = ${id}`;
/** Which of these internal ids the account has. */
export const existingQuery = (table: 'item' | 'subsidiary' | 'location', some: readonly string[]): string =>
  `SELECT id FROM ${table} WHERE id IN (${ids(some)})`;
/** A sales order whose external id is not ours. */
export const foreignKeyQuery = `SELECT externalid FROM transaction WHERE type = 'SalesOrd' AND externalid IS NOT NULL AND externalid NOT LIKE 'SO-%' AND ROWNUM <= 1`;
export const columnQuery = (table: 'transaction' | 'transactionline', column: string): string =>
  `SELECT ${column} FROM ${table} WHERE ROWNUM <= 1`;

/** Where our key stands. */
const keyColumn = (keyField: string | null): string => keyField ?? 'externalid';

export const orderByKeyQuery = (keyField: string, key: string): string =>
  `SELECT id FROM transaction WHERE type = 'SalesOrd' AND ${keyField} = ${text(key)}`;

/** What came of an order: fulfilments and receivables. */
export const documentsQuery = (orderId: string): string =>
  `SELECT t.id, t.type FROM transaction t JOIN transactionline m ON m.transaction = t.id AND m.mainline = 'T' WHERE m.createdfrom = ${orderId} AND t.type IN ('ItemShip', 'CustInvc', 'CashSale')`;

/** A place in the order (lastmodifieddate, id), by the account's clock. */
export type Position = { readonly at: string; readonly id: string };

function changedSince({ at, id }: Position): string {
  const since = `TO_DATE(${text(at)}, 'YYYY-MM-DD HH24:MI:SS')`;
  return `(t.lastmodifieddate > ${since} OR (t.lastmodifieddate = ${since} AND t.id > ${id})) ORDER BY t.lastmodifieddate, t.id`;
}

export const changedOrdersQuery = (keyField: string | null, since: Position): string =>
  `SELECT t.id, t.tranid, t.status, t.${keyColumn(keyField)} AS ourkey, t.foreigntotal AS total, c.symbol AS currency, e.creditholdoverride AS credithold, ${instantText('t.lastmodifieddate')} AS modified FROM transaction t JOIN currency c ON c.id = t.currency JOIN customer e ON e.id = t.entity WHERE t.type = 'SalesOrd' AND t.${keyColumn(keyField)} LIKE 'SO-%' AND ${changedSince(since)}`;

/** `createdfrom` stands on a document's main line. */
const ofOurOrders = (keyField: string | null): string =>
  `JOIN transactionline m ON m.transaction = t.id AND m.mainline = 'T' JOIN transaction o ON o.id = m.createdfrom AND o.type = 'SalesOrd' AND o.${keyColumn(keyField)} LIKE 'SO-%'`;

export const changedShipmentsQuery = (keyField: string | null, since: Position): string =>
  `SELECT t.id, t.tranid, t.status, TO_CHAR(t.trandate, 'YYYY-MM-DD') AS trandate, m.location, o.id AS orderid, ${instantText('t.lastmodifieddate')} AS modified FROM transaction t ${ofOurOrders(keyField)} WHERE t.type = 'ItemShip' AND ${changedSince(since)}`;

export const changedInvoicesQuery = (keyField: string | null, since: Position): string =>
  `SELECT t.id, t.type, t.tranid, t.status, TO_CHAR(t.trandate, 'YYYY-MM-DD') AS trandate, TO_CHAR(t.duedate, 'YYYY-MM-DD') AS duedate, t.foreigntotal AS total, c.symbol AS currency, o.id AS orderid, ${instantText('t.lastmodifieddate')} AS modified FROM transaction t JOIN currency c ON c.id = t.currency ${ofOurOrders(keyField)} WHERE t.type IN ('CustInvc', 'CashSale') AND ${changedSince(since)}`;

/** Item lines; those of cost of goods sold are not asked for. */
export const shipmentLinesQuery = (lineField: string | null, shipments: readonly string[]): string =>
  `SELECT l.transaction, l.id AS line, l.quantity, i.itemid AS sku${lineField === null ? '' : `, l.${lineField} AS lineid`} FROM transactionline l JOIN item i ON i.id = l.item WHERE l.mainline = 'F' AND l.iscogs = 'F' AND l.transaction IN (${ids(shipments)})`;
export const trackingQuery = (shipments: readonly string[]): string =>
  `SELECT m.transaction, n.trackingnumber FROM TrackingNumberMap m JOIN TrackingNumber n ON n.id = m.trackingnumber WHERE m.transaction IN (${ids(shipments)})`;
export const taxLinesQuery = (documents: readonly string[]): string =>
  `SELECT l.transaction, l.id AS line, l.foreignamount AS amount FROM transactionline l WHERE l.taxline = 'T' AND l.transaction IN (${ids(documents)})`;
/** How much of an order left and was billed; asked for closed orders only. */
export const progressQuery = (orders: readonly string[]): string =>
  `SELECT l.transaction, l.id AS line, l.quantityshiprecv AS shipped, l.quantitybilled AS billed FROM transactionline l WHERE l.mainline = 'F' AND l.taxline = 'F' AND l.transaction IN (${ids(orders)})`;

/** What the table of deletions calls a sales order; accounts and releases write it differently (K). */
const deletedOrderTypes = ['SALESORD', 'SALESORDER', 'SALES ORDER'];
/** Deleted records keep neither external id nor fields, so that all sales orders are told, whoever made them. */
export function deletedOrdersQuery({ at, id }: Position): string {
  const since = `TO_DATE(${text(at)}, 'YYYY-MM-DD HH24:MI:SS')`;
  return `SELECT d.recordid AS id, d.name, ${instantText('d.deleteddate')} AS modified FROM deletedrecord d WHERE UPPER(d.type) IN (${list(deletedOrderTypes)}) AND (d.deleteddate > ${since} OR (d.deleteddate = ${since} AND d.recordid > ${id})) ORDER BY d.deleteddate, d.recordid`;
}
