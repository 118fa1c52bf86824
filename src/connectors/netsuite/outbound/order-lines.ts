import { type Decimal, decimal } from '#canonical/decimal.ts';
import type { OrderLine } from '#canonical/order-line.ts';
import type { Order } from '#canonical/order.ts';
import { soldLineTest } from '#canonical/sold-lines.ts';
import type { RenderContext } from '#connector-sdk/mapping.ts';
import type { RenderConfig } from '../config.ts';
import { computed, mapAll, mapBoth } from '#connector-sdk/all-problems.ts';
import { amountAndRate, netOfLine, rateOf } from './net-amounts.ts';
import { itemName, recordName } from './record-name.ts';
import type { LineRequest, Looked, RecordName } from './request.ts';
import { taxCode, untaxed } from './tax-code.ts';

export type Rendering = {
  readonly context: RenderContext;
  readonly config: RenderConfig;
  readonly currency: string;
};

/** A line with what NetSuite will levy on it: its net amount in minor units and the sum of its rates, where the source says them. */
export type PricedLine = {
  readonly line: LineRequest;
  readonly netMinor: number;
  readonly taxRate: Decimal | null;
};

const one = decimal(1);
const zero = decimal(0);

/** The lines of the order: goods and everything else that is charged but shipping, net, with discounts in the amounts. */
export function orderLines(order: Order, rendering: Rendering): readonly PricedLine[] {
  const isSold = soldLineTest(order);
  const goods = (): readonly PricedLine[] =>
    mapAll(order.lines, (line, index) => (isSold(line) ? [goodsLine(line, index, rendering)] : [])).flat();
  return mapAll([goods, () => extraLines(order, rendering)], (part) => part()).flat();
}

function goodsLine(line: OrderLine, index: number, rendering: Rendering): PricedLine {
  const { context, config, currency } = rendering;
  const path = `order.lines[${index}]`;
  const [item, code] = mapBoth(
    () => goodsItem(line, `${path}.sku`, rendering),
    () =>
      config.taxes === 'account' ? null : taxCode(line.charged ? line.taxes : [], `${path}.taxes`, context),
  );
  const netMinor = line.charged ? computed(path, () => netOfLine(line)) : 0;
  const { amount, rate } = computed(path, () =>
    amountAndRate(netMinor, { currency, quantity: line.current, rateDigits: config.rateDigits }),
  );
  return {
    line: {
      lineId: line.id,
      item,
      description: [line.title, line.variantTitle].filter((part) => part !== null).join(' / '),
      quantity: line.current,
      rate,
      amount,
      units: units(line, path, context),
      taxCode: code,
    },
    netMinor,
    taxRate: line.charged ? rateOf(line.taxes) : zero,
  };
}

function goodsItem(line: OrderLine, path: string, { context, config }: Rendering): Looked {
  const key = line.sku ?? line.kind;
  const row = context.crosswalkOptional('item', key);
  const word =
    config.items === 'same-as-sku' && line.sku !== null ? row : context.crosswalk('item', key, path, key);
  return { record: word === null ? { name: key } : itemName(word), path, table: 'item', key };
}

/** Pieces are the item's own unit; any other needs a row. */
function units(line: OrderLine, path: string, context: RenderContext): RecordName | null {
  const at = `${path}.unit`;
  const word =
    line.unit === 'C62'
      ? context.crosswalkOptional('unit', line.unit)
      : context.crosswalk('unit', line.unit, at);
  return word === null ? null : recordName(word, at);
}

/** Totals that no line carries: duties, and fees and tips where the source shows them only as sums; its own rounding last. */
function extraLines(order: Order, rendering: Rendering): readonly PricedLine[] {
  const { totals } = order;
  const has = (kind: OrderLine['kind']): boolean => order.lines.some((line) => line.kind === kind);
  const extras = [
    {
      name: 'duties',
      key: 'duty',
      title: 'Duties',
      minor: order.dutiesIncluded ? 0 : totals.duties.presentment.amountMinor,
    },
    { name: 'fees', key: 'fee', title: 'Fees', minor: has('fee') ? 0 : totals.fees.presentment.amountMinor },
    { name: 'tips', key: 'tip', title: 'Tip', minor: has('tip') ? 0 : totals.tips.presentment.amountMinor },
    { name: 'rounding', key: 'rounding', title: 'Rounding', minor: totals.rounding.presentment.amountMinor },
  ];
  return mapAll(
    extras.filter(({ minor }) => minor !== 0),
    ({ name, key, title, minor }) =>
      extraLine({ path: `order.totals.${name}`, key, title, minor }, rendering),
  );
}

function extraLine(
  { path, key, title, minor }: { path: string; key: string; title: string; minor: number },
  { context, config, currency }: Rendering,
): PricedLine {
  const item: Looked = { record: itemName(context.crosswalk('item', key, path)), path, table: 'item', key };
  const quantity: Decimal = one;
  const priced = computed(path, () =>
    amountAndRate(minor, { currency, quantity, rateDigits: config.rateDigits }),
  );
  return {
    line: {
      lineId: null,
      item,
      description: title,
      quantity,
      ...priced,
      units: null,
      taxCode: config.taxes === 'account' ? null : untaxed(context),
    },
    netMinor: minor,
    taxRate: zero,
  };
}
