import type { ChangeHeader } from './change-event.ts';
import type { ChangesConfig } from './changes-config.ts';

/** Whose changes are told apart by. */
export type OwnMarks = {
  readonly clientName: string;
  readonly userId: string;
  readonly ownChanges: ChangesConfig['ownChanges'];
};

/**
 * Changes that are not ours. Ours are those whose origin names our client, or with `by-user` those of our user, and all others of the same
 * transaction: what triggers and flows do with our write is decided by the org, and read when somebody else touches it.
 */
export function foreignChanges(changes: readonly ChangeHeader[], own: OwnMarks): readonly ChangeHeader[] {
  const transactions = new Set(
    changes.filter((change) => isOwn(change, own)).map((change) => change.transactionKey),
  );
  return changes.filter((change) => change.transactionKey === '' || !transactions.has(change.transactionKey));
}

function isOwn({ origin, userId }: ChangeHeader, own: OwnMarks): boolean {
  const client = /;client=([^;]*)/.exec(origin)?.[1];
  if (client === own.clientName) return true;
  return own.ownChanges === 'by-user' && userId !== '' && userId.slice(0, 15) === own.userId.slice(0, 15);
}
