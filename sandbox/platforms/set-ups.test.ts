import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readCrosswalks } from '#server/retailers/crosswalk-files.ts';
import { defaultSeed } from '#connectors/tryton/emulator/seed.ts';
import { erpData } from './erp-data.ts';
import { setUps } from './set-ups.ts';

test.each(setUps)(
  "$profile.retailer: every word of the traffic has a row in the retailer's crosswalks, and the ERP knows its value",
  (setUp) => {
    const { profile } = setUp;
    const erp = setUp.shopConnection.replace('shopify', 'tryton');
    const folder = fileURLToPath(new URL(`../../retailers/${profile.retailer}`, import.meta.url));
    const { rows, problems } = readCrosswalks(folder, [erp]);
    expect(problems).toEqual([]);
    const value = (table: string, key: string): string | undefined =>
      rows.find((row) => row.connection === erp && row.table === table && row.key === key)?.value;

    const seed = erpData(setUp);
    const products = (seed.products ?? []).map(({ code }) => code);
    const taxes = (seed.taxes ?? []).map(({ name }) => name);
    for (const { tax } of profile.places)
      if (tax !== null) expect(taxes).toContain(value('tax-code', `${tax.title} ${tax.rate}`));
    for (const { code } of profile.shipping) expect(products).toContain(value('ship-method', code));
    for (const { netDays } of profile.companies)
      expect(defaultSeed.paymentTerms).toContain(value('payment-terms', `net-${netDays}`));
    for (const kind of ['gift-card', 'tip', 'rounding']) expect(products).toContain(value('item', kind));
    for (const { sku } of profile.articles) expect(products).toContain(value('item', sku) ?? sku);
    for (const { parts } of profile.bundles)
      for (const { sku } of parts) expect(profile.articles.map((article) => article.sku)).toContain(sku);
    for (const { address } of profile.places) expect(defaultSeed.countries).toContain(address.countryCode);
  },
);
