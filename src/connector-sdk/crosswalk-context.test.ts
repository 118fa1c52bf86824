import { expect, test } from 'vitest';
import { renderContext, type RenderSnapshot } from './crosswalk-context.ts';
import { mapped } from './mapping.ts';

const snapshot: RenderSnapshot = {
  connection: 'erp-1',
  crosswalks: { 'erp-1': { item: { 'SKU-1': '42' } }, 'erp-2': { item: { 'SKU-2': '43' } } },
  links: { 'sale.sale': '7' },
  config: { company: 1 },
};

test('a row is found by connection, table and key', () => {
  const { context } = renderContext(snapshot);
  expect(context.crosswalk('item', 'SKU-1', 'order.lines[0].sku')).toBe('42');
  expect(context.crosswalkOptional('item', 'SKU-2')).toBeNull();
  expect(context.crosswalkOptional('location', 'SKU-1')).toBeNull();
  expect([
    context.linked('sale.sale'),
    context.linked('party.party'),
    context.config,
    context.connection,
  ]).toEqual(['7', null, { company: 1 }, 'erp-1']);
});

test('a missing row is unmappable with the path, the table, the key and a proposed row', () => {
  const { context } = renderContext(snapshot);
  expect(mapped(() => context.crosswalk('tax-code', 'DE/19', 'order.lines[0].taxes[0]', 'VAT 19 %'))).toEqual(
    {
      ok: false,
      problems: [
        {
          path: 'order.lines[0].taxes[0]',
          message: 'the crosswalk "tax-code" of erp-1 has no row for "DE/19"',
          crosswalk: { table: 'tax-code', key: 'DE/19', proposal: 'VAT 19 %' },
        },
      ],
    },
  );
});

test('what every object has is not a row', () => {
  const { context } = renderContext(snapshot);
  for (const key of ['constructor', '__proto__', 'toString'])
    expect(context.crosswalkOptional('item', key), key).toBeNull();
  expect(context.linked('constructor')).toBeNull();
});

test('the rows and links that were looked at are recorded once each, absent ones too', () => {
  const { context, used } = renderContext(snapshot);
  context.crosswalk('item', 'SKU-1', '$');
  context.crosswalk('item', 'SKU-1', '$');
  context.crosswalkOptional('ship-method', 'dhl');
  context.linked('sale.sale');
  context.linked('party.party');
  expect(used()).toEqual({
    rows: [
      { table: 'item', key: 'SKU-1', value: '42' },
      { table: 'ship-method', key: 'dhl', value: null },
    ],
    links: [
      { type: 'sale.sale', id: '7' },
      { type: 'party.party', id: null },
    ],
  });
});
