import { type Decimal, decimal } from '#canonical/decimal.ts';
import type { OrderLine, ShippingLine } from '#canonical/order-line.ts';
import type { Order } from '#canonical/order.ts';
import { soldLineTest } from '#canonical/sold-lines.ts';
import type { TaxLine } from '#canonical/tax.ts';
import type { RenderContext } from '#connector-sdk/mapping.ts';
import type { RenderConfig } from '../config.ts';
import { encodeQuantity } from '../codec.ts';
import { computed, mapAll, mapBoth } from '#connector-sdk/all-problems.ts';
import { leviedTaxes, netOfLine, netOfShipping, unitPriceOf } from './net-amounts.ts';
import type { Looked, SaleLineRequest } from './request.ts';
import { taxKey } from './tax-key.ts';

type Rendering = {
  readonly context: RenderContext;
  readonly config: RenderConfig;
  readonly currency: string;
};

const one = decimal(1);
const zero = decimal(0);

/**
 * The lines of the sale: goods and everything else that is charged, net. Discounts are in the unit prices; gift cards that
 * paid are not here, since a payment changes no sale.
 */
export function saleLines(order: Order, rendering: Rendering): readonly SaleLineRequest[] {
  const isSold = soldLineTest(order);
  const parts = [
    () =>
      mapAll(order.lines, (line, index) =>
        isSold(line) ? [productLine(line, index, rendering)] : [],
      ).flat(),
    () => mapAll(order.shipping, (line, index) => shippingLine(line, index, rendering)),
    () => extras(order, rendering),
  ];
  return mapAll(parts, (part) => part()).flat();
}

function productLine(line: OrderLine, index: number, rendering: Rendering): SaleLineRequest {
  const { context, config } = rendering;
  const path = `order.lines[${index}]`;
  const unit = context.crosswalkOptional('unit', line.unit) ?? (line.unit === 'C62' ? config.unit : null);
  const key = line.sku ?? line.kind;
  const isSku = config.items === 'same-as-sku' && line.sku !== null;
  const [code, lineTaxes] = mapBoth(
    () =>
      isSku
        ? (context.crosswalkOptional('item', key) ?? key)
        : context.crosswalk('item', key, `${path}.sku`, key),
    () => (line.charged ? taxes(line.taxes, `${path}.taxes`, context) : []),
  );
  assertQuantity(line.current, `${path}.current`);
  return {
    lineId: line.id,
    product: { code, path: `${path}.sku`, table: 'item', key },
    description: [line.title, line.variantTitle].filter((part) => part !== null).join(' / '),
    quantity: line.current,
    unit: {
      code: unit ?? context.crosswalk('unit', line.unit, `${path}.unit`),
      path: `${path}.unit`,
      table: 'unit',
      key: line.unit,
    },
    unitPrice: line.charged
      ? computed(path, () =>
          unitPriceOf(netOfLine(line), rendering.currency, line.current, config.priceDigits),
        )
      : zero,
    taxes: lineTaxes,
  };
}

function shippingLine(line: ShippingLine, index: number, rendering: Rendering): SaleLineRequest {
  const path = `order.shipping[${index}]`;
  const key = line.code ?? line.title;
  const [code, lineTaxes] = mapBoth(
    () => rendering.context.crosswalk('ship-method', key, `${path}.code`),
    () => taxes(line.taxes, `${path}.taxes`, rendering.context),
  );
  const product = { code, path: `${path}.code`, table: 'ship-method', key };
  const net = computed(path, () => netOfShipping(line));
  return serviceLine(product, line.title, net, rendering, lineTaxes);
}

/** Totals that no line carries: duties, and fees and tips where the source shows them only as sums; the source's own rounding last. */
function extras(order: Order, rendering: Rendering): readonly SaleLineRequest[] {
  const has = (kind: OrderLine['kind']): boolean => order.lines.some((line) => line.kind === kind);
  const amounts = [
    ['duties', order.dutiesIncluded ? 0 : order.totals.duties.presentment.amountMinor],
    ['fees', has('fee') ? 0 : order.totals.fees.presentment.amountMinor],
    ['tips', has('tip') ? 0 : order.totals.tips.presentment.amountMinor],
    ['rounding', order.totals.rounding.presentment.amountMinor],
  ] as const;
  return amounts.flatMap(([name, netMinor]) => {
    if (netMinor === 0) return [];
    const path = `order.totals.${name}`;
    const key = extraKeys[name];
    return [
      serviceLine(
        { code: rendering.context.crosswalk('item', key, path), path, table: 'item', key },
        extraTitles[name],
        netMinor,
        rendering,
        [],
      ),
    ];
  });
}

const extraKeys = { duties: 'duty', fees: 'fee', tips: 'tip', rounding: 'rounding' } as const;
const extraTitles = { duties: 'Duties', fees: 'Fees', tips: 'Tip', rounding: 'Rounding' } as const;

function serviceLine(
  product: Looked,
  description: string,
  netMinor: number,
  { config, currency }: Rendering,
  taxLines: readonly Looked[],
): SaleLineRequest {
  return {
    lineId: null,
    product,
    description,
    quantity: one,
    unit: { code: config.unit, path: product.path, table: 'unit', key: 'C62' },
    unitPrice: computed(product.path, () => unitPriceOf(netMinor, currency, one, config.priceDigits)),
    taxes: taxLines,
  };
}

function taxes(lines: readonly TaxLine[], path: string, context: RenderContext): readonly Looked[] {
  return leviedTaxes(lines).flatMap((tax) => {
    const key = taxKey(tax);
    const at = `${path}[${lines.indexOf(tax)}]`;
    // Nothing is charged at rate zero, so only a retailer that reports zero-rated sales needs the row.
    const code =
      Number(tax.rate) === 0
        ? context.crosswalkOptional('tax-code', key)
        : context.crosswalk('tax-code', key, at);
    return code === null ? [] : [{ code, path: at, table: 'tax-code', key }];
  });
}

function assertQuantity(quantity: Decimal, path: string): void {
  computed(path, () => encodeQuantity(quantity));
}
