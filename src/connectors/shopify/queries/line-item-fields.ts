import { bag } from './bag.ts';

const taxLines = `taxLines { title rate channelLiable priceSet ${bag} }`;
export const allocationFields = `discountAllocations { allocatedAmountSet ${bag} discountApplication { index } }`;
export const taxLineFields = taxLines;

/** What we read of an order's line. */
export const lineItemFields = `
  id title variantTitle sku vendor quantity currentQuantity unfulfilledQuantity isGiftCard taxable requiresShipping
  weight { unit value }
  variant { id } product { id }
  lineItemGroup { id title quantity variantSku variantId productId }
  customAttributes { key value }
  originalUnitPriceSet ${bag} originalTotalSet ${bag}
  ${allocationFields}
  ${taxLines}
  duties { harmonizedSystemCode countryCodeOfOrigin price ${bag} ${taxLines} }`;
