import { UnmappableError, pathText } from '#connector-sdk/mapping.ts';
import type { MappingProblem } from '#connector-sdk/outcome.ts';

type AnyMoney = { readonly amountMinor: number; readonly currency: string; readonly role: string };

const isMoney = (value: object): value is AnyMoney =>
  'amountMinor' in value && 'currency' in value && 'role' in value;

/**
 * Refuses a body in which one amount is in another currency than the order says: shop and presentment currency are never mixed.
 * @throws UnmappableError with the path of each such amount
 */
export function assertOneCurrencyPerRole(
  body: unknown,
  currencies: { readonly shop: string; readonly presentment: string },
): void {
  const problems: MappingProblem[] = [];
  const walk = (value: unknown, path: readonly PropertyKey[]): void => {
    if (typeof value !== 'object' || value === null) return;
    if (isMoney(value)) {
      const expected = value.role === 'shop' ? currencies.shop : currencies.presentment;
      if (value.currency !== expected) {
        const message = `is in ${value.currency}, but the order's ${value.role} currency is ${expected}`;
        problems.push({ path: pathText(path), message });
      }
      return;
    }
    for (const [key, child] of Object.entries(value))
      walk(child, [...path, Array.isArray(value) ? Number(key) : key]);
  };
  walk(body, []);
  if (problems.length > 0) throw new UnmappableError(problems);
}
