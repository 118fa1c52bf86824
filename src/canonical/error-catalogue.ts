/**
 * Where a cause shows:
 * - `refused`: intake does not take the message; nothing is stored.
 * - `parked`: it stands still, is counted, and waits for a person or for what it lacks.
 * - `rejected`: a message ends without effect, for good.
 * - `superseded`: a message ends because a newer or equal state is known.
 * Why a platform refused a command stands in platform-refusals.ts.
 */
export type ErrorGroup = 'refused' | 'parked' | 'rejected' | 'superseded';

/** What a cause means, what happens next without anybody's help, and what a person can do. */
export type CatalogueEntry = {
  readonly group: ErrorGroup;
  readonly means: string;
  readonly next: string;
  readonly remedy: string;
};

const senderRetries = 'Answered 401; the platform sends it again as long as its own rules say.';
const waits = 'Waits. Its lane stands still, every other lane goes on.';
const ends = 'The message ends here and is counted as rejected.';
const parkedWithCode = 'The command is parked; the same bytes are never sent again by themselves.';

/** Every cause that an operator can see from intake, engine and connectors. What can need a person in an order's life has its own list, beside its process. */
export const errorCatalogue = {
  'signature-missing': {
    group: 'refused',
    means: 'A webhook came without the signature that its platform always sends.',
    next: senderRetries,
    remedy:
      'If the platform sent it: check the subscription, and proxies that strip headers. Else somebody else is knocking.',
  },
  'signature-invalid': {
    group: 'refused',
    means: 'The signature does not fit the bytes and the secret of this connection.',
    next: senderRetries,
    remedy:
      'Compare the secret with the platform; after a rotation give the new one. Look for a proxy that rewrites bodies.',
  },
  stale: {
    group: 'refused',
    means: 'The signed time of the webhook is further from now than its scheme allows: late, or a replay.',
    next: senderRetries,
    remedy: 'Check the clock of this machine. A message that was truly late is fetched by polling.',
  },
  'wrong-source': {
    group: 'refused',
    means: 'The webhook names another shop, account or organisation than this connection has.',
    next: senderRetries,
    remedy: 'Check which address is registered in which account.',
  },
  malformed: {
    group: 'refused',
    means: 'The request is no message of this platform: a header or the body cannot be read.',
    next: senderRetries,
    remedy: 'Check the API version of the subscription and what stands between the platform and here.',
  },

  unmappable: {
    group: 'parked',
    means:
      'A value has no counterpart on the other side: a field we cannot read, or a missing crosswalk row.',
    next: `${waits} With a missing row it goes on by itself when the row is confirmed.`,
    remedy:
      'Confirm the proposed row, or correct the field that the problem names at its source and replay the message.',
  },
  'outcome-unknown-unsafe': {
    group: 'parked',
    means: 'A call may or may not have taken effect, and this command cannot be made safe to repeat.',
    next: waits,
    remedy: 'Look at the platform. Resolve the command as done, or retry it when the effect is not there.',
  },
  'rejected-by-platform': {
    group: 'parked',
    means:
      'The platform refused the command for a reason in the record, named by the code that stands in the detail.',
    next: parkedWithCode,
    remedy: 'Correct the record at its source, or what the platform lacks, and retry.',
  },
  unauthorized: {
    group: 'parked',
    means: 'Credentials or a permission are missing. It holds up the connection, not the one record.',
    next: 'The connection pauses and is probed; what waits for it goes on by itself when a probe succeeds. No attempt is used up.',
    remedy: 'Renew the credentials or grant the permission that the detail names.',
  },
  'retries-exhausted': {
    group: 'parked',
    means:
      'The platform could not be reached, or gave no clear answer, for longer than the retry policy allows.',
    next: waits,
    remedy: 'Check the platform, then retry; where the outcome was unknown it is looked up first.',
  },
  'conflict-exhausted': {
    group: 'parked',
    means: 'Somebody else held or changed the record at every attempt.',
    next: waits,
    remedy:
      'Find who holds the record at the platform, such as an open form or another integration, then retry.',
  },
  'unlinked-record': {
    group: 'parked',
    means: 'The message speaks of a record that is linked to none of ours.',
    next: 'Waits, and goes on by itself when the record is linked.',
    remedy: 'Link the record, or discard the message when it is none of our business.',
  },
  'customer-match': {
    group: 'parked',
    means:
      'Two customer records may be one customer, and something speaks against linking them by themselves.',
    next: 'Both stay customers of their own; it closes by itself when what speaks for it is gone.',
    remedy: 'Look at both, then "customers accept" or "customers refuse"; either can be taken back.',
  },
  'identity-not-carried': {
    group: 'parked',
    means: 'A platform was not told, or refused to hear, which records are one customer.',
    next: 'The link stands here; the platform shows what it showed before.',
    remedy: 'Correct what the detail names at the platform, then retry the command.',
  },
  'unsupported-command': {
    group: 'parked',
    means: 'The connection that a rule names cannot do what is asked of it.',
    next: waits,
    remedy: 'Correct the rule, or connect a platform that can; then retry.',
  },

  'unsupported-topic': {
    group: 'rejected',
    means: 'The platform sends a topic that the connector does not read.',
    next: ends,
    remedy: 'Nothing is lost by it; unsubscribe the topic to save the traffic.',
  },
  'test-order': {
    group: 'rejected',
    means: 'The order is a test order, which never reaches ERP and CRM.',
    next: ends,
    remedy: 'None needed.',
  },
  'no-event': {
    group: 'rejected',
    means: 'The message carries nothing that is followed here.',
    next: ends,
    remedy: 'None needed.',
  },
  'no-process': {
    group: 'rejected',
    means: 'No process follows records of this kind.',
    next: ends,
    remedy: 'None needed, unless a rule should have switched a process on.',
  },
  'not-the-source': {
    group: 'rejected',
    means: 'A platform speaks of an order as its own that another one captured.',
    next: ends,
    remedy: 'Check the rule that says which connections capture orders, and the identity link of the record.',
  },
  'not-the-erp': {
    group: 'rejected',
    means: 'An ERP reports on an order that belongs to another ERP.',
    next: ends,
    remedy: 'Check the rule that says which ERP takes the order.',
  },
  'not-of-an-order': {
    group: 'rejected',
    means: 'A record that belongs to no order reached the process of one.',
    next: ends,
    remedy: 'Check the identity link of the record.',
  },
  'not-expected': {
    group: 'rejected',
    means: 'A process was told something that it never asked for.',
    next: ends,
    remedy: 'Report it: the engine should not have delivered it.',
  },
  'no-whole-record': {
    group: 'rejected',
    means: 'A record that is only kept was spoken of without being shown whole.',
    next: 'The message ends here; the next whole version is kept.',
    remedy: 'None needed.',
  },
  'unknown-deadline': {
    group: 'rejected',
    means: 'A deadline fired that this version of the process does not know.',
    next: ends,
    remedy: 'None needed; an older version had set it.',
  },
  'nothing-to-do': {
    group: 'rejected',
    means: 'An operator asked for something that is done already or has become moot.',
    next: 'Nothing changes.',
    remedy: 'Look at the order as it now stands.',
  },

  duplicate: {
    group: 'superseded',
    means: 'The same message of the same event had come before.',
    next: 'Answered as taken; it has no further effect.',
    remedy: 'None needed.',
  },
  'stale-version': {
    group: 'superseded',
    means: 'A newer state of the record, or the same one, is known.',
    next: 'The message is kept and has no effect.',
    remedy: 'None needed.',
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

export type ErrorCode = keyof typeof errorCatalogue;

/** The codes of one group, e.g. those with which intake refuses. */
export function codesIn(group: ErrorGroup): readonly ErrorCode[] {
  return (Object.keys(errorCatalogue) as ErrorCode[]).filter((code) => errorCatalogue[code].group === group);
}
