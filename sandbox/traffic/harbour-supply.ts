import type { ShopProfile } from './shop-profile.ts';

const vat = { title: 'GB VAT', rate: 0.2, shipping: true } as const;

/** A UK wholesaler of ship's stores: prices include VAT, half of the orders come from companies on terms. */
export const harbourSupply: ShopProfile = {
  retailer: 'harbour-supply',
  currency: 'GBP',
  taxesIncluded: true,
  weight: 0.4,
  articles: [
    { sku: 'HS-ROPE-12-50', title: 'Polyester rope, 12 mm, 50 m', price: '64.80', grams: 5200 },
    { sku: 'HS-SHACKLE-10', title: 'Bow shackle, 10 mm', price: '7.49', grams: 160 },
    { sku: 'HS-FENDER-M', title: 'Fender, medium', price: '21.95', grams: 900 },
    { sku: 'HS-PAINT-RED-2L', title: 'Antifouling, red, 2.5 l', price: '79.00', grams: 3600 },
    { sku: 'HS-GLOVE-L', title: 'Deck gloves, L', price: '18.33', grams: 120 },
    { sku: 'HS-LAMP-LED', title: 'Navigation lamp, LED', price: '112.50', grams: 640 },
    { sku: 'HS-PUMP-500', title: 'Bilge pump, 500 gph', price: '34.99', grams: 450 },
    { sku: 'HS-ANCHOR-15', title: 'Plough anchor, 15 kg', price: '289.00', grams: 15000 },
    { sku: 'HS-TAPE-WHT', title: 'Self-amalgamating tape', price: '5.67', grams: 80 },
    { sku: 'HS-VEST-150N', title: 'Life vest, 150 N', price: '94.95', grams: 1100 },
  ],
  bundles: [
    {
      sku: 'HS-KIT-MOORING',
      parts: [
        { sku: 'HS-ROPE-12-50', quantity: 2 },
        { sku: 'HS-SHACKLE-10', quantity: 4 },
        { sku: 'HS-FENDER-M', quantity: 2 },
      ],
    },
  ],
  places: [
    {
      weight: 40,
      address: {
        city: 'Southampton',
        province: 'England',
        provinceCode: 'ENG',
        zip: 'SO14 2AQ',
        countryCode: 'GB',
      },
      tax: vat,
    },
    {
      weight: 25,
      address: {
        city: 'Leith',
        province: 'Scotland',
        provinceCode: 'SCT',
        zip: 'EH6 6JJ',
        countryCode: 'GB',
      },
      tax: vat,
    },
    {
      weight: 20,
      address: {
        city: 'Cardiff',
        province: 'Wales',
        provinceCode: 'WLS',
        zip: 'CF10 4PA',
        countryCode: 'GB',
      },
      tax: vat,
    },
    { weight: 15, address: { city: 'Cobh', zip: 'P24 CX25', countryCode: 'IE' }, tax: null },
  ],
  shipping: [
    { title: 'Royal Mail Tracked 48', code: 'tracked-48', price: '4.95' },
    { title: 'Pallet', code: 'pallet', price: '62.00' },
    { title: 'Click and collect', code: 'collect', price: '0.00' },
  ],
  presentments: [],
  codes: [{ code: 'TRADE5', percent: 5 }],
  automatic: null,
  companies: [
    { name: 'Solent Boatyard Ltd', location: 'Southampton yard', netDays: 30 },
    { name: 'Forth Marine Services Ltd', location: 'Leith docks', netDays: 30 },
    { name: 'Taff Charter Ltd', location: 'Cardiff bay', netDays: 30 },
  ],
  gateways: ['shopify_payments', 'worldpay'],
  shares: {
    company: 0.5,
    pos: 0.05,
    guest: 0.2,
    bundle: 0.1,
    code: 0.1,
    automatic: 0,
    tip: 0.01,
    giftCardBought: 0.02,
    giftCardUsed: 0.03,
    authorized: 0.1,
    paidLater: 0.08,
    test: 0.02,
    cancelledEarly: 0.02,
    cancelledLate: 0.02,
    editedEarly: 0.25,
    editedLate: 0,
    cancelledRacing: 0,
    shippedInPart: 0,
  },
};
