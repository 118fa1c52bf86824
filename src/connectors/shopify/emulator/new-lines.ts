import Big from 'big.js';
import { bagOf, type Currencies, mapBag, subtractBags } from './bags.ts';
import type { Ids, OrderInput, PlacedLine } from './order-input.ts';
import type { AllocationRecord, LineRecord, OrderRecord } from './records.ts';

/** A line as the buyer put it into the cart, with its discount and its tax. */
export function newLine(
  line: PlacedLine,
  input: Pick<OrderInput, 'discount' | 'taxesIncluded' | 'taxTitle'>,
  currencies: Currencies,
  ids: Ids,
): LineRecord {
  const quantity = line.quantity ?? 1;
  const unit = bagOf(line.price, currencies);
  const subtotal = mapBag(unit, (amount) => amount.times(quantity));
  const percent = line.custom ? 0 : (input.discount?.percent ?? 0);
  const taken = mapBag(subtotal, (amount) => amount.times(percent).div(100));
  const allocations: AllocationRecord[] =
    percent === 0
      ? []
      : [
          {
            allocatedAmountSet: taken,
            discountApplication: { __typename: discountType(input.discount), index: 0 },
          },
        ];
  const net = subtractBags(subtotal, taken);
  const sku = line.sku ?? null;
  const title = line.title ?? sku ?? 'Custom item';
  return {
    id: ids.gid('LineItem'),
    title,
    variantTitle: null,
    sku,
    vendor: line.custom ? null : 'Acme',
    quantity,
    currentQuantity: quantity,
    unfulfilledQuantity: quantity,
    isGiftCard: line.giftCard ?? false,
    taxable: line.giftCard !== true,
    requiresShipping: line.requiresShipping ?? line.giftCard !== true,
    weight: { unit: 'GRAMS', value: line.grams ?? 0 },
    variant: line.custom ? null : { id: ids.named('ProductVariant', title) },
    product: line.custom ? null : { id: ids.named('Product', title) },
    lineItemGroup:
      line.bundle === undefined
        ? null
        : {
            id: ids.named('LineItemGroup', line.bundle),
            title: line.bundle,
            quantity: 1,
            variantSku: line.bundle,
            variantId: ids.named('ProductVariant', line.bundle),
            productId: ids.named('Product', line.bundle),
          },
    customAttributes: [],
    originalUnitPriceSet: unit,
    originalTotalSet: subtotal,
    discountAllocations: allocations,
    taxLines: tax(net, line.taxRate, input, line.channelLiable ?? false),
    duties:
      line.duty === undefined
        ? []
        : [
            {
              harmonizedSystemCode: '610910',
              countryCodeOfOrigin: 'CN',
              price: bagOf(line.duty, currencies),
              taxLines: [],
            },
          ],
  };
}

/** What Shopify calls an order's discount: entered by the buyer, or given without asking. */
export const discountType = (discount: OrderInput['discount']) =>
  discount?.code === undefined ? 'AutomaticDiscountApplication' : 'DiscountCodeApplication';

/** The delivery that the buyer chose. */
export function newShipping(
  shipping: NonNullable<OrderInput['shipping']>,
  input: OrderInput,
  currencies: Currencies,
  ids: Ids,
): OrderRecord['shippingLines'][number] {
  const price = bagOf(shipping.price, currencies);
  return {
    id: ids.gid('ShippingLine'),
    code: shipping.code ?? shipping.title,
    title: shipping.title,
    carrierIdentifier: null,
    isRemoved: false,
    originalPriceSet: price,
    discountedPriceSet: price,
    currentDiscountedPriceSet: price,
    discountAllocations: [],
    taxLines: tax(price, shipping.taxRate, input, false),
  };
}

const tax = (
  net: LineRecord['originalTotalSet'],
  rate: number | undefined,
  input: Pick<OrderInput, 'taxesIncluded' | 'taxTitle'>,
  channelLiable: boolean,
) =>
  rate === undefined || rate === 0
    ? []
    : [
        {
          title: input.taxTitle ?? 'State tax',
          rate,
          channelLiable,
          priceSet: mapBag(net, (amount) =>
            input.taxesIncluded ? amount.minus(amount.div(new Big(1).plus(rate))) : amount.times(rate),
          ),
        },
      ];
