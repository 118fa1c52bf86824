import type { SourceAddress } from './source-order.ts';

type Written = {
  readonly name: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly company: string | null;
  readonly address1: string | null;
  readonly address2: string | null;
  readonly city: string | null;
  readonly province: string | null;
  readonly provinceCode: string | null;
  readonly zip: string | null;
  readonly countryCode: string | null;
  readonly phone: string | null;
};

/** One address from either shape; the name is put together where Shopify left it blank. */
export function sourceAddress(written: Written): SourceAddress {
  const parts = [written.firstName, written.lastName].filter((part) => part !== null);
  return {
    name: written.name ?? (parts.length > 0 ? parts.join(' ') : null),
    company: written.company,
    lines: [written.address1, written.address2].filter((line) => line !== null),
    city: written.city,
    province: written.province,
    provinceCode: written.provinceCode,
    postalCode: written.zip,
    countryCode: written.countryCode,
    phone: written.phone,
  };
}
