/** More is waiting than this process may hold in memory; nothing was stored. The sender is to come again. */
export class OverloadedError extends Error {
  override readonly name = 'OverloadedError';
}

/** The database could not be reached or is not ready. Whether a message got in is unknown; a repeat of it is a duplicate at worst. */
export class DatabaseAwayError extends Error {
  override readonly name = 'DatabaseAwayError';
}

/** The database refuses this one message as it is; its neighbours in the batch were stored. */
export class MessageRefusedError extends Error {
  override readonly name = 'MessageRefusedError';
}
