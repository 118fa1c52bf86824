/** How a field of an emulated model behaves. `char` fields with `index` can be found by value quickly. */
export type Field =
  | { readonly kind: 'plain'; readonly index?: true }
  | { readonly kind: 'many2one'; readonly target: string }
  | { readonly kind: 'one2many'; readonly target: string; readonly inverse: string }
  | { readonly kind: 'many2many'; readonly target: string }
  /** `model,id`. */
  | { readonly kind: 'reference' }
  /** Computed by the emulator when it is read; `target` for relations. */
  | { readonly kind: 'function'; readonly target?: string };

const plain = { kind: 'plain' } as const;
const indexed = { kind: 'plain', index: true } as const;
const reference = { kind: 'reference' } as const;
const one = (target: string) => ({ kind: 'many2one', target }) as const;
const lines = (target: string, inverse: string) => ({ kind: 'one2many', target, inverse }) as const;
const many = (target: string) => ({ kind: 'many2many', target }) as const;
const computed = (target?: string) =>
  ({ kind: 'function', ...(target !== undefined && { target }) }) as const;

/** The models and fields of Tryton 6.0 that the connector, the sandbox and the tests touch. Any other is unknown, as there. */
export const schema: { readonly [model: string]: { readonly [field: string]: Field } } = {
  'company.company': { party: one('party.party'), currency: one('currency.currency') },
  'currency.currency': { name: plain, code: plain, symbol: plain, digits: plain },
  'country.country': { name: plain, code: plain },
  'country.subdivision': { name: plain, code: plain, country: one('country.country'), type: plain },
  'party.party': {
    name: plain,
    code: indexed,
    active: plain,
    addresses: lines('party.address', 'party'),
    identifiers: lines('party.identifier', 'party'),
    contact_mechanisms: lines('party.contact_mechanism', 'party'),
    credit_limit_amount: plain,
  },
  'party.address': {
    party: one('party.party'),
    party_name: plain,
    street: plain,
    postal_code: plain,
    city: plain,
    country: one('country.country'),
    subdivision: one('country.subdivision'),
    active: plain,
  },
  'party.identifier': { party: one('party.party'), code: indexed, type: plain },
  'party.contact_mechanism': { party: one('party.party'), type: plain, value: plain },
  'product.product': {
    code: indexed,
    name: plain,
    type: plain,
    salable: plain,
    default_uom: one('product.uom'),
    sale_uom: one('product.uom'),
  },
  'product.uom': { name: plain, symbol: plain, digits: plain, rounding: plain },
  'account.tax': { name: plain, description: plain, rate: plain, company: one('company.company') },
  'account.period': { company: one('company.company'), state: plain, start_date: plain, end_date: plain },
  'account.invoice.payment_term': { name: plain },
  'account.configuration': { tax_rounding: plain },
  'sale.configuration': { sale_process_after: plain },
  'ir.module': { name: plain, state: plain, version: plain },
  'res.user': { login: plain, name: plain },
  'res.user.warning': { user: one('res.user'), name: plain, always: plain },
  'stock.location': { name: plain, code: plain, type: plain },
  'sale.sale': {
    number: plain,
    reference: indexed,
    description: plain,
    comment: plain,
    company: one('company.company'),
    party: one('party.party'),
    invoice_address: one('party.address'),
    shipment_address: one('party.address'),
    currency: one('currency.currency'),
    warehouse: one('stock.location'),
    payment_term: one('account.invoice.payment_term'),
    sale_date: plain,
    state: plain,
    invoice_state: plain,
    shipment_state: plain,
    invoice_method: plain,
    shipment_method: plain,
    lines: lines('sale.line', 'sale'),
    untaxed_amount: computed(),
    tax_amount: computed(),
    total_amount: computed(),
    shipments: computed('stock.shipment.out'),
    invoices: computed('account.invoice'),
    invoices_ignored: many('account.invoice'),
  },
  'sale.line': {
    sale: one('sale.sale'),
    type: plain,
    sequence: plain,
    product: one('product.product'),
    description: plain,
    quantity: plain,
    unit: one('product.uom'),
    unit_price: plain,
    taxes: many('account.tax'),
    note: plain,
    amount: computed(),
    moves: computed('stock.move'),
    moves_ignored: many('stock.move'),
  },
  'sale.amendment': {
    sale: one('sale.sale'),
    date: plain,
    description: plain,
    state: plain,
    lines: lines('sale.amendment.line', 'amendment'),
  },
  'sale.amendment.line': {
    amendment: one('sale.amendment'),
    action: plain,
    line: one('sale.line'),
    product: one('product.product'),
    quantity: plain,
    unit: one('product.uom'),
    unit_price: plain,
    description: plain,
    party: one('party.party'),
    invoice_address: one('party.address'),
    shipment_address: one('party.address'),
    payment_term: one('account.invoice.payment_term'),
  },
  'stock.shipment.out': {
    number: plain,
    state: plain,
    reference: plain,
    effective_date: plain,
    planned_date: plain,
    warehouse: one('stock.location'),
    company: one('company.company'),
    customer: one('party.party'),
    delivery_address: one('party.address'),
    outgoing_moves: lines('stock.move', 'shipment_id'),
    packages: lines('stock.package', 'shipment_id'),
    carrier: one('carrier'),
  },
  carrier: { party: one('party.party') },
  'stock.move': {
    shipment_id: one('stock.shipment.out'),
    product: one('product.product'),
    quantity: plain,
    uom: one('product.uom'),
    state: plain,
    origin: reference,
    sale: computed('sale.sale'),
  },
  'stock.package': {
    shipment_id: one('stock.shipment.out'),
    code: plain,
    shipping_reference: plain,
    shipping_tracking_url: plain,
  },
  'account.invoice': {
    number: plain,
    state: plain,
    type: plain,
    invoice_date: plain,
    company: one('company.company'),
    party: one('party.party'),
    currency: one('currency.currency'),
    untaxed_amount: plain,
    tax_amount: plain,
    total_amount: plain,
    sales: many('sale.sale'),
    lines_to_pay: lines('account.move.line', 'invoice'),
  },
  'account.move.line': { invoice: one('account.invoice'), maturity_date: plain },
};

/** Fields that every model has. */
export const commonFields = new Set(['id', 'create_date', 'write_date', 'rec_name', '_timestamp']);
