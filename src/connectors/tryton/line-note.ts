/*
 * Our line id stands in the sale line's `note`: the one text field that 6.0 prints neither on the quotation nor on the
 * delivery note, and that people do not fill by habit. Tryton copies it to the invoice line.
 */
const prefix = 'tallyport:line ';

export const lineNote = (lineId: string): string => `${prefix}${lineId}`;

/** Null for a line that we did not make, or whose note somebody replaced. Text around it is fine. */
export function lineIdOf(note: string | null): string | null {
  const line = note?.split('\n').find((candidate) => candidate.startsWith(prefix));
  const lineId = line?.slice(prefix.length).trim() ?? '';
  return lineId === '' ? null : lineId;
}
