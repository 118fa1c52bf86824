import { asText, day, dec, type Row, type Tryton, type Value } from './rpc.ts';

/** A shop that the proof's orders can be booked in. Rates are fractions, prices decimals as text. */
export type CompanySetup = {
  readonly name: string;
  /** What the company keeps its books in. */
  readonly currency: string;
  /** What else is sold in; the rate is in units for one of the company's currency. */
  readonly otherCurrencies: readonly { readonly code: string; readonly rate: string }[];
  readonly countries: readonly {
    readonly code: string;
    readonly name: string;
    readonly subdivisions: readonly { readonly code: string; readonly name: string }[];
  }[];
  readonly taxes: readonly { readonly name: string; readonly rate: string }[];
  readonly goods: readonly {
    readonly sku: string;
    readonly name: string;
    readonly price: string;
    readonly stock: number;
  }[];
  readonly services: readonly { readonly sku: string; readonly name: string }[];
  readonly paymentTerms: readonly { readonly name: string; readonly days: number }[];
  /** How taxes are rounded: once a tax, or after every line. */
  readonly taxRounding: 'document' | 'line';
  /** The integration's own user. */
  readonly user: { readonly login: string; readonly password: string };
};

export type Company = {
  readonly companyId: number;
  readonly warehouseId: number;
  readonly products: ReadonlyMap<string, number>;
};

const many = (...values: readonly Row[]): Value => [['create', values]];

/** Books the company into a fresh database through JSON-RPC, as a consultant would through the client. */
export async function setupCompany(tryton: Tryton, setup: CompanySetup): Promise<Company> {
  const currency = await createCurrency(tryton, setup.currency, '1');
  for (const { code, rate } of setup.otherCurrencies) await createCurrency(tryton, code, rate);
  for (const country of setup.countries) {
    const id = await tryton.create('country.country', { name: country.name, code: country.code });
    for (const part of country.subdivisions)
      await tryton.create('country.subdivision', {
        country: id,
        code: part.code,
        name: part.name,
        type: 'state',
      });
  }

  const owner = await tryton.create('party.party', {
    name: setup.name,
    code: 'OWNER',
    addresses: many({ street: 'Dock 1' }),
  });
  const companyId = await tryton.create('company.company', { party: owner, currency });
  const admins = await tryton.search('res.user', [['login', '=', 'admin']]);
  await tryton.call('model.res.user.write', admins, {
    companies: [['add', [companyId]]],
    company: companyId,
  });
  tryton.context['company'] = companyId;

  const accounts = await createChart(tryton, companyId);
  await createFiscalYears(tryton, companyId);
  for (const term of setup.paymentTerms) {
    await tryton.create('account.invoice.payment_term', {
      name: term.name,
      lines: many({ type: 'remainder', relativedeltas: many({ days: term.days }) }),
    });
  }
  for (const tax of setup.taxes) {
    await tryton.create('account.tax', {
      name: tax.name,
      description: tax.name,
      company: companyId,
      type: 'percentage',
      rate: dec(tax.rate),
      invoice_account: accounts.tax,
      credit_note_account: accounts.tax,
    });
  }
  await tryton.call('model.account.configuration.write', [1], { tax_rounding: setup.taxRounding });

  const products = await createProducts(tryton, setup, accounts);
  const [warehouseId] = await tryton.search('stock.location', [['type', '=', 'warehouse']]);
  if (warehouseId === undefined) throw new Error('the stock module made no warehouse');
  await firstStock(tryton, setup, products, warehouseId, companyId);
  await createUser(tryton, setup.user, companyId);
  return { companyId, warehouseId, products };
}

const createCurrency = (tryton: Tryton, code: string, rate: string): Promise<number> =>
  tryton.create('currency.currency', {
    name: code,
    symbol: code,
    code,
    digits: 2,
    rounding: dec('0.01'),
    rates: many({ date: day(2020, 1, 1), rate: dec(rate) }),
  });

type Accounts = { readonly tax: number; readonly revenue: number; readonly expense: number };

async function createChart(tryton: Tryton, company: number): Promise<Accounts> {
  const [template] = await tryton.search('account.account.template', [['parent', '=', null]]);
  // Up to `account` the wizard books the accounts; their ids are needed for the last form, so it runs in two halves.
  const [wizard] = (await tryton.call('wizard.account.create_chart.create')) as readonly [number];
  const account = { company, account_template: template ?? null };
  await tryton.call('wizard.account.create_chart.execute', wizard, { start: {}, account }, 'create_account');
  const find = async (domain: Value): Promise<number> => {
    const [id] = await tryton.search('account.account', [['company', '=', company], domain]);
    if (id === undefined) throw new Error(`the chart has no account for ${JSON.stringify(domain)}`);
    return id;
  };
  const properties = {
    company,
    account_receivable: await find(['type.receivable', '=', true]),
    account_payable: await find(['type.payable', '=', true]),
  };
  const revenue = await find(['type.revenue', '=', true]);
  const expense = await find(['type.expense', '=', true]);
  await tryton.call(
    'wizard.account.create_chart.execute',
    wizard,
    {
      start: {},
      account,
      properties: { ...properties, category_account_expense: expense, category_account_revenue: revenue },
    },
    'create_properties',
  );
  await tryton.call('wizard.account.create_chart.delete', wizard);
  return { revenue, expense, tax: await find(['name', 'ilike', '%tax%']) };
}

async function createFiscalYears(tryton: Tryton, company: number): Promise<void> {
  const thisYear = new Date().getUTCFullYear();
  const postMoves = await sequence(
    tryton,
    'ir.sequence',
    'account',
    'sequence_type_account_move',
    'Post moves',
  );
  const invoices = await sequence(
    tryton,
    'ir.sequence.strict',
    'account_invoice',
    'sequence_type_account_invoice',
    'Invoices',
  );
  // A poll around New Year must find an open year on both sides.
  for (const year of [thisYear, thisYear + 1]) {
    const id = await tryton.create('account.fiscalyear', {
      name: String(year),
      company,
      start_date: day(year, 1, 1),
      end_date: day(year, 12, 31),
      post_move_sequence:
        year === thisYear
          ? postMoves
          : await sequence(
              tryton,
              'ir.sequence',
              'account',
              'sequence_type_account_move',
              `Post moves ${year}`,
            ),
      invoice_sequences: many({
        company,
        out_invoice_sequence: invoices,
        out_credit_note_sequence: invoices,
        in_invoice_sequence: invoices,
        in_credit_note_sequence: invoices,
      }),
    });
    await tryton.on('account.fiscalyear', 'create_period', [id]);
  }
}

async function sequence(
  tryton: Tryton,
  model: string,
  module: string,
  fsId: string,
  name: string,
): Promise<number> {
  const [data] = (await tryton.call(
    'model.ir.model.data.search_read',
    [
      ['module', '=', module],
      ['fs_id', '=', fsId],
    ],
    0,
    null,
    null,
    ['db_id'],
  )) as readonly Row[];
  if (data === undefined) throw new Error(`no sequence type ${module}.${fsId}`);
  return tryton.create(model, {
    name,
    sequence_type: data['db_id'] ?? null,
    company: tryton.context['company'] ?? null,
  });
}

async function createProducts(
  tryton: Tryton,
  setup: CompanySetup,
  accounts: Accounts,
): Promise<Map<string, number>> {
  const [unit] = await tryton.search('product.uom', [['symbol', '=', 'u']]);
  if (unit === undefined) throw new Error('there is no unit "u"');
  const category = await tryton.create('product.category', {
    name: 'Sold by the shop',
    accounting: true,
    account_revenue: accounts.revenue,
    account_expense: accounts.expense,
  });
  const make = async (
    sku: string,
    name: string,
    type: string,
    price: string,
  ): Promise<readonly [string, number]> => {
    const template = await tryton.create('product.template', {
      name,
      type,
      default_uom: unit,
      sale_uom: unit,
      salable: true,
      list_price: dec(price),
      account_category: category,
      products: many({ suffix_code: sku, cost_price: dec('1') }),
    });
    const [product] = await tryton.search('product.product', [['template', '=', template]]);
    if (product === undefined) throw new Error(`no product for ${sku}`);
    return [sku, product];
  };
  const products = new Map<string, number>();
  for (const item of setup.goods) products.set(...(await make(item.sku, item.name, 'goods', item.price)));
  for (const item of setup.services) products.set(...(await make(item.sku, item.name, 'service', '0')));
  return products;
}

async function firstStock(
  tryton: Tryton,
  setup: CompanySetup,
  products: ReadonlyMap<string, number>,
  warehouse: number,
  company: number,
): Promise<void> {
  const [rooms] = await tryton.read('stock.location', [warehouse], ['storage_location']);
  const inventory = await tryton.create('stock.inventory', {
    location: rooms?.['storage_location'] ?? null,
    company,
    lines: many(
      ...setup.goods.map((item) => ({ product: products.get(item.sku) ?? null, quantity: item.stock })),
    ),
  });
  await tryton.on('stock.inventory', 'confirm', [inventory]);
}

/** Rights by module, as the README asks for them; not an administrator. */
async function createUser(tryton: Tryton, user: CompanySetup['user'], company: number): Promise<void> {
  const groups = (await tryton.call(
    'model.ir.model.data.search_read',
    [['model', '=', 'res.group']],
    0,
    null,
    null,
    ['module', 'fs_id', 'db_id'],
  )) as readonly Row[];
  const wanted = [
    'sale.group_sale',
    'sale.group_sale_admin',
    'stock.group_stock',
    'account.group_account',
    'product.group_product_admin',
    'party.group_party_admin',
    'account_credit_limit.group_credit_limit',
  ];
  const ids = groups
    .filter((group) => wanted.includes(`${asText(group['module'])}.${asText(group['fs_id'])}`))
    .map((group) => group['db_id'] ?? null);
  await tryton.create('res.user', {
    name: 'Integration',
    login: user.login,
    password: user.password,
    companies: [['add', [company]]],
    company,
    groups: [['add', ids]],
  });
}
