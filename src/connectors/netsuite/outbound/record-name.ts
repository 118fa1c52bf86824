import { unmappable } from '#connector-sdk/mapping.ts';
import type { RecordName } from './request.ts';

const idPattern = /^[1-9]\d{0,17}$|^-\d{1,3}$/;
const externalPattern = /^eid:([A-Za-z0-9_-]+)$/;

/** A crosswalk's word for a record: an internal id, or `eid:` and an external id. @throws UnmappableError for anything else */
export function recordName(word: string, path: string): RecordName {
  const name = itemName(word);
  if ('name' in name)
    throw unmappable(
      path,
      `"${word}" names no NetSuite record: an internal id such as "12", or "eid:" and an external id`,
    );
  return name;
}

/** As `recordName`, for items and currencies, which people know by name: any other word is that name. */
export function itemName(word: string): RecordName {
  const text = word.trim();
  // Negative internal ids are NetSuite's own records, such as -7, not taxable.
  if (idPattern.test(text)) return { id: text };
  const externalId = externalPattern.exec(text)?.[1];
  return externalId === undefined ? { name: text } : { externalId };
}
