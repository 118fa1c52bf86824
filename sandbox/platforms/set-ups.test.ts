import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readCrosswalks } from '#server/retailers/crosswalk-files.ts';
import { defaultSeed } from '#connectors/tryton/emulator/seed.ts';
import { accountData, erpData } from './erp-data.ts';
import { netsuiteSetUps } from './netsuite-set-ups.ts';
import { setUps } from './set-ups.ts';

test.each(setUps)(
  "$profile.retailer: every word of the traffic has a row in the retailer's crosswalks, and the ERP knows its value",
  (setUp) => {
    const { profile } = setUp;
    const erp = setUp.erp.connection;
    const folder = fileURLToPath(new URL(`../../retailers/${profile.retailer}`, import.meta.url));
    const { rows, problems } = readCrosswalks(folder, [erp, 'netsuite-us', 'netsuite-uk']);
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

test.each(netsuiteSetUps)(
  "$profile.retailer on NetSuite: every word of the traffic has a row in the retailer's crosswalks, and the account knows its value",
  (setUp) => {
    const { profile } = setUp;
    const erp = setUp.erp.connection;
    const folder = fileURLToPath(new URL(`../../retailers/${profile.retailer}`, import.meta.url));
    const { rows } = readCrosswalks(folder, ['tryton-us', 'tryton-uk', erp]);
    const value = (table: string, key: string): string | undefined =>
      rows.find((row) => row.connection === erp && row.table === table && row.key === key)?.value;

    const { items, taxCodes, shipMethods, terms, currencies } = accountData(setUp);
    const known = items.flatMap(({ id, itemId }) => [id, itemId]);
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
    for (const { tax } of profile.places)
      expect(taxCodes.map(({ id, rate }) => `${id} ${Number(rate)}`)).toContain(
        tax === null
          ? `${value('tax-code', 'none')} 0`
          : `${value('tax-code', `${tax.title} ${tax.rate}`)} ${tax.rate}`,
      );
    for (const { code } of profile.shipping) expect(shipMethods).toContain(value('ship-method', code));
    for (const { netDays } of profile.companies)
      expect(terms).toContain(value('payment-terms', `net-${netDays}`));
    for (const kind of ['gift-card', 'tip', 'rounding', 'fee', 'duty', 'custom'])
      expect(items.find(({ itemId }) => itemId === value('item', kind))?.isService).toBe(true);
    for (const { sku } of profile.articles) expect(known).toContain(value('item', sku) ?? sku);
    for (const currency of [profile.currency, ...profile.presentments.map((paid) => paid.currency)])
      expect(currencies.map(({ symbol }) => symbol)).toContain(currency);
  },
);
