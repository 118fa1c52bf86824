import { decimal } from '#canonical/decimal.ts';
import type { OrderLine } from '#canonical/order-line.ts';
import type { ChargeKind } from '../org-profile.ts';
import { recordKey } from './external-id.ts';
import { type AmountView, asDecimal, listPriceMinor } from './order-amounts.ts';
import { computedAt, type RenderScope, text } from './render-scope.ts';
import type { ProductPlan } from './request.ts';
import { standardLengths as max } from './standard-lengths.ts';

/** The kinds of line that are no catalogue item when they have neither SKU nor product. */
const chargeOfKind: Readonly<Record<OrderLine['kind'], ChargeKind>> = {
  product: 'custom',
  bundle: 'custom',
  kit: 'custom',
  configurable: 'custom',
  custom: 'custom',
  deposit: 'custom',
  fee: 'fee',
  tip: 'tip',
  'gift-card': 'giftCard',
};

/** Product2 of an order line: the crosswalk's, else one kept by SKU (the same from every
 * storefront; SKUs that differ in capitals only are one), else by product id. */
export function lineProduct(
  scope: RenderScope,
  line: OrderLine,
  view: AmountView,
  path: string,
): ProductPlan {
  const key = line.sku?.trim()
    ? `sku:${line.sku.trim()}`
    : line.product === null
      ? null
      : recordKey('product', line.product);
  if (key === null) return chargeProduct(scope, chargeOfKind[line.kind], path);
  const listPrice = {
    listPrice: asDecimal(
      view,
      computedAt(scope, `${path}.unitPrice`, () => listPriceMinor(view, line)),
    ),
  };
  const mapped = scope.context.crosswalkOptional('item', line.sku?.trim() || key);
  if (mapped !== null) return { key: mapped, create: null, ...listPrice };
  const code = line.sku?.trim() || null;
  return {
    key: text(scope, key, max.externalId, `${path}.sku`),
    ...listPrice,
    create:
      scope.org.products === 'must-exist'
        ? null
        : {
            Name: text(scope, line.title, max.productName, `${path}.title`),
            ...(code !== null && {
              ProductCode: text(scope, code, max.productCode, `${path}.sku`),
              // A SKU that the narrower field cannot hold is in ProductCode.
              ...(code.length <= max.stockKeepingUnit && { StockKeepingUnit: code }),
            }),
            IsActive: true,
          },
  };
}

/** Product2 that stands for a charge, e.g. shipping: the crosswalk's row `charge:shipping`, else the configured one. */
export function chargeProduct(scope: RenderScope, kind: ChargeKind, path: string): ProductPlan {
  const { product, name } = scope.org.charges[kind];
  const mapped = scope.context.crosswalkOptional('item', product);
  return {
    key: text(scope, mapped ?? product, max.externalId, path),
    listPrice: decimal(0),
    create:
      mapped !== null || scope.org.products === 'must-exist'
        ? null
        : { Name: name, ProductCode: product, IsActive: true },
  };
}
