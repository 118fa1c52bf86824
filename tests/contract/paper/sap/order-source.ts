import { z } from 'zod';
import { currencySchema } from '#canonical/money.ts';
import { numeric, optionalText } from '../reading.ts';

const results = <T extends z.ZodType>(item: T) => z.looseObject({ results: z.array(item) });

/** Fields of API_SALES_ORDER_SRV (OData V2) that the mapping reads. */
export const priceElementSource = z.looseObject({
  PricingProcedureStep: z.string(),
  PricingProcedureCounter: z.string(),
  ConditionType: z.string().min(1),
  ConditionClass: optionalText,
  ConditionCalculationType: optionalText,
  ConditionRateValue: numeric,
  ConditionQuantity: numeric.nullish(),
  ConditionQuantityISOUnit: optionalText,
  ConditionAmount: numeric,
  TransactionCurrency: z.string(),
  ConditionIsForStatistics: z.boolean(),
  ConditionInactiveReason: optionalText,
  TaxCode: optionalText,
});
export type PriceElement = z.infer<typeof priceElementSource>;

const partnerSource = z.looseObject({
  PartnerFunction: z.string().min(1),
  Customer: optionalText,
  Supplier: optionalText,
  Personnel: optionalText,
  ContactPerson: optionalText,
});

export const itemSource = z.looseObject({
  SalesOrderItem: z.string().min(1),
  HigherLevelItem: optionalText,
  SalesOrderItemText: z.string(),
  Material: optionalText,
  MaterialByCustomer: optionalText,
  RequestedQuantity: numeric,
  RequestedQuantityISOUnit: z.string(),
  NetAmount: numeric,
  SalesDocumentRjcnReason: optionalText,
  to_PricingElement: results(priceElementSource),
  to_Partner: results(partnerSource),
  to_ScheduleLine: results(
    z.looseObject({
      ScheduleLine: z.string(),
      RequestedDeliveryDate: optionalText,
      ConfirmedDeliveryDate: optionalText,
      ScheduleLineOrderQuantity: numeric,
      ConfdOrderQtyByMatlAvailCheck: numeric,
      DeliveredQtyInOrderQtyUnit: numeric,
    }),
  ),
});
export type ItemSource = z.infer<typeof itemSource>;

export const orderSource = z.looseObject({
  d: z.looseObject({
    SalesOrder: z.string().min(1),
    SoldToParty: z.string().min(1),
    PurchaseOrderByCustomer: optionalText,
    CreationDate: z.string(),
    SalesOrderDate: optionalText,
    PricingDate: optionalText,
    LastChangeDateTime: z.string(),
    RequestedDeliveryDate: optionalText,
    TransactionCurrency: currencySchema,
    TotalNetAmount: numeric,
    CustomerPaymentTerms: optionalText,
    IncotermsClassification: optionalText,
    IncotermsLocation1: optionalText,
    DeliveryBlockReason: optionalText,
    HeaderBillingBlockReason: optionalText,
    TotalCreditCheckStatus: optionalText,
    to_Partner: results(partnerSource),
    to_PricingElement: results(priceElementSource),
    to_Text: results(z.looseObject({ LongTextID: z.string(), Language: z.string(), LongText: z.string() })),
    to_Item: results(itemSource),
  }),
});
export type OrderSource = z.infer<typeof orderSource>['d'];
export type PartnerSource = z.infer<typeof partnerSource>;
