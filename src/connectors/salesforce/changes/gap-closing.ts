import type { Call } from '#connector-sdk/connector.ts';
import { got, type Reply } from '../answers/failure.ts';
import { textAt } from '../answers/query-result.ts';
import type { SalesforceClient } from '../client.ts';
import type { OrgProfile } from '../org-profile.ts';
import { soqlText } from '../soql.ts';
import type { ChangeCursor, Gap, Gaps } from './cursor.ts';
import { instantOf, readAll, type ReadRow, selection } from './record-reading.ts';
import { type WatchedObject, watchedObjects } from './watched-objects.ts';

/** Rows of one object that one call brings while a gap is read. */
const rowsAtOnce = 500;

export type Swept = {
  readonly rows: readonly ReadRow[];
  readonly cursor: ChangeCursor;
  /** Whether there is more to read at once. */
  readonly more: boolean;
  readonly closed: readonly WatchedObject[];
};

/**
 * Reads on in every open gap, all objects in one call. `isSettled`: the platform has said where our subscription begins, so that a reading which
 * begins now proves the gap closed when it comes to its end.
 */
export async function sweep(
  client: SalesforceClient,
  cursor: ChangeCursor,
  isSettled: boolean,
  ownUser: string,
  call: Call,
): Promise<Reply<Swept>> {
  const { overlapMs } = client.changesConfig;
  const begun = watchedObjects.flatMap((object) => {
    const gap = cursor.gaps[object];
    const next = gap === undefined ? null : nextReading(gap, isSettled, overlapMs);
    return next === null ? [] : [[object, next] as const];
  });
  if (begun.length === 0) return got({ rows: [], cursor, more: false, closed: [] });
  const answer = await readAll(
    client,
    begun.map(([object, gap]) => ({ object, soql: gapQuery(object, gap, client.config.org, ownUser) })),
    call,
  );
  if (!answer.ok) return answer;
  const gaps: { [O in WatchedObject]?: Gap } = { ...cursor.gaps };
  const closed: WatchedObject[] = [];
  let more = false;
  for (const [object, gap] of begun) {
    const rows = answer.value.filter((row) => row.object === object);
    const last = rows.at(-1)?.row;
    const reached =
      last === undefined
        ? gap
        : { ...gap, at: instantOf(textAt(last, 'SystemModstamp') ?? ''), id: textAt(last, 'Id') ?? '' };
    if (rows.length === rowsAtOnce) {
      gaps[object] = reached;
      more = true;
    } else if (gap.proves === true) {
      delete gaps[object];
      closed.push(object);
    } else gaps[object] = { ...reached, proves: null };
  }
  return got({ rows: answer.value, cursor: { ...cursor, gaps }, more, closed });
}

/** Begins every reading of an open gap anew where it stands: a subscription that began later proves nothing of earlier readings. */
export function restarted(gaps: Gaps): Gaps {
  return Object.fromEntries(
    Object.entries(gaps).map(([object, gap]) => [object, { ...gap, id: '', proves: false }]),
  );
}

/** How this gap is read now: at its begin it is said whether the reading will prove it; one that proved nothing is done again. Null = wait. */
function nextReading(gap: Gap, isSettled: boolean, overlapMs: number): Gap | null {
  if (gap.proves === null) {
    if (!isSettled) return null;
    return { ...gap, at: new Date(Date.parse(gap.at) - overlapMs).toISOString(), id: '', proves: true };
  }
  return gap.id === '' && isSettled ? { ...gap, proves: true } : gap;
}

/** What we wrote ourselves and nobody changed since is no news. */
function gapQuery(object: WatchedObject, { at, id }: Gap, org: OrgProfile, ownUser: string): string {
  const user = soqlText(ownUser);
  const foreign =
    object === 'Order'
      ? `LastModifiedById != ${user}`
      : `(LastModifiedById != ${user} OR CreatedById != ${user})`;
  const behind =
    id === ''
      ? `SystemModstamp >= ${at}`
      : `(SystemModstamp > ${at} OR (SystemModstamp = ${at} AND Id > ${soqlText(id)}))`;
  return selection(object, org, [behind, foreign], ` ORDER BY SystemModstamp, Id LIMIT ${rowsAtOnce}`);
}
