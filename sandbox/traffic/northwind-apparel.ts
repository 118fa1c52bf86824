import type { ShopProfile } from './shop-profile.ts';

/** A US fashion brand: sales tax on top by state, buyers from abroad pay in EUR or JPY. */
export const northwindApparel: ShopProfile = {
  retailer: 'northwind-apparel',
  currency: 'USD',
  taxesIncluded: false,
  weight: 0.6,
  articles: [
    { sku: 'NW-TEE-BLK-M', title: 'Everyday Tee, black, M', price: '28.00', grams: 180 },
    { sku: 'NW-TEE-WHT-M', title: 'Everyday Tee, white, M', price: '28.00', grams: 180 },
    { sku: 'NW-TEE-BLK-L', title: 'Everyday Tee, black, L', price: '28.00', grams: 190 },
    { sku: 'NW-JEAN-IND-32', title: 'Straight Jean, indigo, 32', price: '89.50', grams: 720 },
    { sku: 'NW-SOCK-3PK', title: 'Crew Socks, pack of three', price: '14.95', grams: 150 },
    { sku: 'NW-HOOD-GRY-M', title: 'Heavy Hoodie, grey, M', price: '74.00', grams: 640 },
    { sku: 'NW-CAP-NVY', title: 'Field Cap, navy', price: '24.99', grams: 110 },
    { sku: 'NW-PARKA-OLV-L', title: 'Storm Parka, olive, L', price: '245.00', grams: 1450 },
    { sku: 'NW-BELT-BRN-90', title: 'Leather Belt, brown, 90', price: '39.33', grams: 210 },
    { sku: 'NW-DRESS-RED-S', title: 'Linen Dress, red, S', price: '118.00', grams: 380 },
    { sku: 'NW-SCARF-WOOL', title: 'Wool Scarf', price: '46.67', grams: 160 },
    { sku: 'NW-BOOT-BLK-42', title: 'Chelsea Boot, black, 42', price: '189.00', grams: 1200 },
  ],
  bundles: [
    {
      sku: 'NW-SET-WEEKEND',
      parts: [
        { sku: 'NW-TEE-WHT-M', quantity: 1 },
        { sku: 'NW-JEAN-IND-32', quantity: 1 },
        { sku: 'NW-CAP-NVY', quantity: 1 },
      ],
    },
    {
      sku: 'NW-SET-COSY',
      parts: [
        { sku: 'NW-HOOD-GRY-M', quantity: 1 },
        { sku: 'NW-SOCK-3PK', quantity: 2 },
      ],
    },
  ],
  places: [
    {
      weight: 30,
      address: {
        city: 'Oakland',
        province: 'California',
        provinceCode: 'CA',
        zip: '94607',
        countryCode: 'US',
      },
      tax: { title: 'California State Tax', rate: 0.0725, shipping: false },
    },
    {
      weight: 24,
      address: {
        city: 'Brooklyn',
        province: 'New York',
        provinceCode: 'NY',
        zip: '11201',
        countryCode: 'US',
      },
      tax: { title: 'New York State Tax', rate: 0.04, shipping: true },
    },
    {
      weight: 18,
      address: { city: 'Austin', province: 'Texas', provinceCode: 'TX', zip: '78701', countryCode: 'US' },
      tax: { title: 'Texas State Tax', rate: 0.0625, shipping: true },
    },
    {
      weight: 12,
      address: { city: 'Portland', province: 'Oregon', provinceCode: 'OR', zip: '97205', countryCode: 'US' },
      tax: null,
    },
    {
      weight: 8,
      address: {
        city: 'Toronto',
        province: 'Ontario',
        provinceCode: 'ON',
        zip: 'M5V 2T6',
        countryCode: 'CA',
      },
      tax: null,
    },
    { weight: 5, address: { city: 'Berlin', zip: '10115', countryCode: 'DE' }, tax: null },
    {
      weight: 3,
      address: {
        city: 'Shibuya',
        province: 'Tokyo',
        provinceCode: 'JP-13',
        zip: '150-0002',
        countryCode: 'JP',
      },
      tax: null,
    },
  ],
  shipping: [
    { title: 'Standard', code: 'standard', price: '6.95' },
    { title: 'Express', code: 'express', price: '18.00' },
    { title: 'Free shipping', code: 'free', price: '0.00' },
  ],
  presentments: [
    { currency: 'EUR', rate: '0.9213', share: 0.08 },
    { currency: 'JPY', rate: '151.37', share: 0.04 },
  ],
  codes: [
    { code: 'WELCOME10', percent: 10 },
    { code: 'AUTUMN15', percent: 15 },
  ],
  automatic: { title: 'Members save 5 %', percent: 5 },
  companies: [
    { name: 'Bayline Outfitters Inc.', location: 'Oakland warehouse', netDays: 30 },
    { name: 'Hudson Workwear LLC', location: 'Brooklyn store', netDays: 30 },
  ],
  gateways: ['shopify_payments', 'shopify_payments', 'paypal'],
  shares: {
    company: 0.06,
    pos: 0.08,
    guest: 0.25,
    bundle: 0.06,
    code: 0.12,
    automatic: 0.08,
    tip: 0.03,
    giftCardBought: 0.03,
    giftCardUsed: 0.04,
    authorized: 0.2,
    paidLater: 0.06,
    test: 0.02,
    cancelledEarly: 0.02,
    cancelledLate: 0.02,
    editedEarly: 0.25,
    editedLate: 0,
    cancelledRacing: 0,
    shippedInPart: 0,
  },
};
