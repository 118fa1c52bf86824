import Big from 'big.js';

/** Decimals of currencies that have not two of them (ISO 4217). */
const digits: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
};

/** An exact decimal as whole minor units of the currency; null for what is no amount, or is a fraction of one unit. */
export function minorUnits(amount: string, currency: string): bigint | null {
  if (!/^-?\d+(\.\d+)?$/.test(amount)) return null;
  const minor = new Big(amount).times(new Big(10).pow(digits[currency] ?? 2));
  return minor.eq(minor.round(0)) ? BigInt(minor.toFixed(0)) : null;
}
