import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Day } from './day.ts';
import { peakRetailer } from './day-platforms.ts';

const retailersDirectory = new URL('../../retailers/', import.meta.url).pathname;
const retailerSchema = z.looseObject({
  connections: z.looseObject({ salesforce: z.looseObject({ config: z.looseObject({}) }) }),
  rules: z.looseObject({ 'order-to-cash': z.looseObject({}) }),
});
/** The CRM's pause for a used-up day, by the day's clock. */
const usedUpPauseHours = 0.25;
/** A retailer who knows what day it is expects orders to wait, and to be seen in the ERP late. */
const missingAfterHours = 48;

/** The retailer's own data, copied, with what the day changes. Answers the folder for TALLYPORT_RETAILERS_DIR. */
export async function retailerOfTheDay(directory: string, day: Day): Promise<string> {
  const folder = join(directory, 'retailers');
  await cp(join(retailersDirectory, peakRetailer), join(folder, peakRetailer), { recursive: true });
  const file = join(folder, peakRetailer, 'retailer.json');
  const data = retailerSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  data.connections.salesforce.config['usedUpPauseMs'] = Math.round(usedUpPauseHours * day.hourMs);
  data.rules['order-to-cash']['census'] = { missingAfterMs: missingAfterHours * day.hourMs };
  await writeFile(file, JSON.stringify(data, null, 2));
  return folder;
}
