import { type Decimal, decimalSchema } from '#canonical/decimal.ts';
import { unmappable } from '#connector-sdk/mapping.ts';
import { required, type Segment } from './segments.ts';

/** X12 writes `0008`, `.5` and `5.` for 8, 0.5 and 5. @throws UnmappableError naming the element's place. */
export function numberOf(segment: Segment | undefined, name: string, at: number): Decimal {
  const text = required(segment, name, at);
  const plain = text
    .replace(/^(-?)0+(?=\d)/, '$1')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.$/, '');
  const number = decimalSchema.safeParse(plain);
  if (!number.success) throw unmappable(`[${at}].${name}`, `"${text}" is no number`);
  return number.data;
}
