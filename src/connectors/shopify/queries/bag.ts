/** The fields of a `MoneyBag`: 3 points with its two amounts, so ask for it once a sum. */
export const bag = '{ shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }';
