import { money, moneyToDecimal } from '#canonical/money.ts';

/** `39.80 USD`; empty where the sum or its currency is not known. */
export const amountText = (minor: number | null, currency: string | null): string =>
  minor === null || currency === null
    ? ''
    : `${moneyToDecimal(money('presentment', currency, minor))} ${currency}`;
