/** What else belongs to a peak day and does not exist yet: printed with every run, so that nobody takes it for shown. */
export const notYet: readonly { readonly what: string; readonly waitsFor: string }[] = [
  { what: '20,000 prices change at midnight and reach every channel', waitsFor: 'prices to channels' },
  { what: 'stock stays current in every channel while the ERP queues', waitsFor: 'stock to channels' },
  {
    what: 'no payment authorisation lapses while the order waits',
    waitsFor: "capture by the authorisation's expiry",
  },
  {
    what: '10,000 shipments in ten minutes against 100 points a second',
    waitsFor: 'a run of its own; shipments of this day are few',
  },
  {
    what: 'another integration takes half of the NetSuite slots',
    waitsFor: 'NetSuite; here it takes them of the emulated ERP',
  },
  { what: 'a point of sale comes six hours late', waitsFor: 'point of sale as a source' },
  {
    what: 'month end on Cyber Monday: the period closes while orders wait',
    waitsFor: 'posting periods and payments in the ERP',
  },
];

/** What is compressed, and what therefore is not shown. */
export const compression: readonly string[] = [
  "An hour of the day lasts 12 s: down-times, the allocation that runs out, the shop's retries (1/300) and the CRM's pause for a used-up day (15 min: 3 s).",
  'Not compressed: 50 orders/s in the rush, saves of the ERP (four of 0.75 s make most orders, 15 at a time: 5 orders/s), retry delays, look-ups after 10 s, probes.',
  'So the rush lasts 16 s and not hours, and some 900 orders wait, not 500,000. How the drain rate holds with 1,000,000 waiting is for the benchmark.',
  'The mispriced orders are a quarter of all (some 250), not 3,000; the orders on hold some 60.',
  "Polls come 30 times as often as at a real shop, so that a gateway that is down for half an hour (6 s) is a poll's matter as well.",
];
