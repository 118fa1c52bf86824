import { unmappable } from '#connector-sdk/mapping.ts';

/** A segment with its elements by name: `{ BEG01: '00', BEG02: 'SA' }`. Empty elements are left out. */
export type Segment = { readonly [element: string]: string };

export const idOf = (segment: Segment): string => (Object.keys(segment)[0] ?? '').replace(/\d\d$/, '');

/**
 * Reads the segments of an interchange. The separators stand in its head: the element separator behind `ISA`, the terminator between
 * the component separator (ISA16) and the next segment. @throws UnmappableError when it does not begin with ISA.
 */
export function segmentsOf(text: string): readonly Segment[] {
  const start = text.replace(/^\uFEFF/, '').trimStart();
  if (!start.startsWith('ISA')) throw unmappable('ISA', 'an interchange begins with ISA');
  const separator = start.charAt(3);
  const last = start.split(separator, 17)[16] ?? '';
  // `>~` and a line break, `>~`, or `>` and a line break: whatever stands behind the component separator and before GS.
  const terminator =
    last
      .slice(1)
      .replace(/\s*GS$/, '')
      .trim() || '\n';
  return start
    .split(terminator)
    .map((segment) => segment.trim())
    .filter((segment) => segment !== '')
    .map((segment) => {
      const [id = '', ...elements] = segment.split(separator);
      return Object.fromEntries(
        elements.flatMap((value, index) =>
          value.trim() === '' ? [] : [[`${id}${String(index + 1).padStart(2, '0')}`, value.trim()]],
        ),
      );
    })
    .filter((segment) => Object.keys(segment).length > 0);
}

/** A run of segments that belong together: the first is the head, e.g. N1 with its N3 and N4. */
export type Loop = {
  readonly head: Segment;
  readonly at: number;
  readonly rest: readonly { readonly segment: Segment; readonly at: number }[];
};

/** The loops that begin with a segment, each up to the next head or a segment that ends them all. */
export function loopsOf(
  segments: readonly Segment[],
  heads: readonly string[],
  members: readonly string[],
): readonly Loop[] {
  const loops: { head: Segment; at: number; rest: { segment: Segment; at: number }[] }[] = [];
  let open = false;
  segments.forEach((segment, at) => {
    const id = idOf(segment);
    if (heads.includes(id)) {
      loops.push({ head: segment, at, rest: [] });
      open = true;
    } else if (open && members.includes(id)) loops.at(-1)?.rest.push({ segment, at });
    else open = false;
  });
  return loops;
}

/** An element that has to be there. @throws UnmappableError naming the segment's place, e.g. `[3].BEG03`. */
export function required(segment: Segment | undefined, name: string, at: number): string {
  const value = segment?.[name];
  if (value === undefined) throw unmappable(`[${at}].${name}`, 'is missing');
  return value;
}

/** CCYYMMDD (or YYMMDD of this century) as a date. @throws UnmappableError */
export function dateOf(text: string, path: string): string {
  const match = /^(\d{2})?(\d{2})(\d{2})(\d{2})$/.exec(text);
  if (match === null) throw unmappable(path, `"${text}" is no date`);
  return `${match[1] ?? '20'}${match[2]}-${match[3]}-${match[4]}`;
}
