import { addDecimals, compareDecimals, type Decimal, decimal } from '#canonical/decimal.ts';
import type { JsonObject } from '#canonical/json.ts';
import { money, moneyToDecimal } from '#canonical/money.ts';
import type { Rpc, TrytonClient } from '../client.ts';
import { encodeDecimal, encodeQuantity } from '../codec.ts';
import { minorOf } from '../outbound/net-amounts.ts';
import type { OrderAmendRequest, SaleLineRequest } from '../outbound/request.ts';
import type { AmendableSale, PresentLine } from './amendable-sale.ts';
import { rejected } from './failures.ts';
import { requireIds } from './master-data.ts';
import type { SaleParty } from './party-record.ts';

/** States of a shipment whose goods an amendment would pull from under the people who hold them. */
const inHands = ['assigned', 'picked', 'packed'];

/**
 * What an amendment has to change of the sale; empty when it is as it should be.
 * @throws TrytonFailure `rejected`: `cannot-amend` for a line that is not there (amendments add none), `too-late` for goods that leave or left.
 */
export async function amendmentLines(
  rpc: Rpc,
  client: TrytonClient,
  sale: AmendableSale,
  request: OrderAmendRequest,
  party: SaleParty,
): Promise<readonly JsonObject[]> {
  const changed = await changedLines(rpc, client, sale, request);
  const above = await changedAbove(rpc, client, sale, request, party);
  if (changed.length + above.length > 0) assertNobodyHoldsIt(sale);
  return [...changed, ...above];
}

async function changedLines(
  rpc: Rpc,
  client: TrytonClient,
  sale: AmendableSale,
  request: OrderAmendRequest,
): Promise<readonly JsonObject[]> {
  const { lines, rounding } = request;
  const named = [...lines.map(({ product }) => product), ...(rounding === null ? [] : [rounding])];
  const product = await requireIds(rpc, client, 'product', named);
  const unit = await requireIds(
    rpc,
    client,
    'unit',
    lines.map((line) => line.unit),
  );
  const left = new Set(sale.lines);
  const changes: JsonObject[] = [];
  for (const wanted of lines) {
    const present = [...left].find((line) => isSame(line, wanted, product(wanted.product)));
    if (present === undefined)
      throw rejected(
        'cannot-amend',
        `an amendment of Tryton adds no line: ${wanted.description} x ${wanted.quantity} is not in sale ${sale.view.number ?? sale.view.id}`,
      );
    left.delete(present);
    const isAsWanted =
      present.product === product(wanted.product) &&
      present.unit === unit(wanted.unit) &&
      compareDecimals(quantityOf(present), decimal(wanted.quantity)) === 0 &&
      compareDecimals(present.unit_price ?? zero, decimal(wanted.unitPrice)) === 0;
    if (isAsWanted) continue;
    assertNotGone(sale, present, decimal(wanted.quantity));
    changes.push({
      action: 'line',
      line: present.id,
      product: product(wanted.product),
      quantity: encodeQuantity(decimal(wanted.quantity)),
      unit: unit(wanted.unit),
      unit_price: encodeDecimal(decimal(wanted.unitPrice)),
      description: wanted.description,
    });
  }
  const isRounding = (line: PresentLine): boolean => rounding !== null && line.product === product(rounding);
  for (const present of left) {
    // What our rounding settled when the sale was made is settled anew, and not taken away.
    if (isRounding(present) || compareDecimals(quantityOf(present), zero) === 0) continue;
    assertNotGone(sale, present, zero);
    changes.push(lineChange(present, { quantity: zero }));
  }
  const settling = [...left].find((line) => isRounding(line) && Number(line.quantity) === 1);
  return changes.length > 0 || settling === undefined ? changes : rounded(sale, settling, request, client);
}

/** Makes the total that of the source, by the line that was made for it; beyond the tolerance it is not a rounding. */
function rounded(
  { view }: AmendableSale,
  line: PresentLine,
  { totalMinor, currencyCode: currency }: OrderAmendRequest,
  { config }: TrytonClient,
): readonly JsonObject[] {
  if (totalMinor === null) return [];
  const differenceMinor = totalMinor - minorOf(decimal(view.total_amount), currency);
  if (differenceMinor === 0 || Math.abs(differenceMinor) > config.roundingToleranceMinor) return [];
  const difference = moneyToDecimal(money('presentment', currency, differenceMinor));
  return [lineChange(line, { unitPrice: addDecimals(line.unit_price ?? zero, difference) })];
}

/** A line as it is, but for what is given. */
const lineChange = (
  line: PresentLine,
  change: { readonly quantity?: Decimal; readonly unitPrice?: Decimal },
): JsonObject => ({
  action: 'line',
  line: line.id,
  product: line.product,
  quantity: encodeQuantity(change.quantity ?? quantityOf(line)),
  unit: line.unit,
  unit_price: encodeDecimal(change.unitPrice ?? line.unit_price ?? zero),
  description: line.description,
});

const zero = decimal(0);
const quantityOf = ({ quantity }: PresentLine): Decimal => decimal(String(quantity ?? 0));

/** Ours by our id; a line that only Tryton has (carriage, fees) by what is sold on it. */
const isSame = (present: PresentLine, wanted: SaleLineRequest, product: number): boolean =>
  wanted.lineId === null
    ? present.lineId === null && present.product === product
    : present.lineId === wanted.lineId;

function assertNotGone({ view }: AmendableSale, line: PresentLine, wanted: Decimal): void {
  const gone = line['moves.']
    .filter(({ state }) => state === 'done')
    .reduce((sum, { quantity }) => sum + quantity, 0);
  if (gone > Number(wanted))
    throw rejected(
      'too-late',
      `${gone} of line ${line.lineId ?? line.id} of sale ${view.number ?? view.id} have left`,
    );
}

/** An amendment takes the moves of every shipment that is not done; of one in work that would leave an empty shell. */
function assertNobodyHoldsIt({ view }: AmendableSale): void {
  const held = view['shipments.'].find(({ state }) => inHands.includes(state));
  if (held !== undefined)
    throw rejected('too-late', `shipment ${held.id} of sale ${view.number ?? view.id} is ${held.state}`);
}

async function changedAbove(
  rpc: Rpc,
  client: TrytonClient,
  { head }: AmendableSale,
  { paymentTerm }: OrderAmendRequest,
  { party, invoiceAddress, shipmentAddress }: SaleParty,
): Promise<readonly JsonObject[]> {
  const term = await requireIds(rpc, client, 'paymentTerm', paymentTerm === null ? [] : [paymentTerm]);
  const wantedTerm = paymentTerm === null ? null : term(paymentTerm);
  const isMoved = invoiceAddress !== head.invoice_address || shipmentAddress !== head.shipment_address;
  return [
    ...(isMoved || party !== head.party
      ? [{ action: 'party', party, invoice_address: invoiceAddress, shipment_address: shipmentAddress }]
      : []),
    ...(wantedTerm === head.payment_term ? [] : [{ action: 'payment_term', payment_term: wantedTerm }]),
  ];
}
