import { type Rpc, type TrytonClient, TrytonFailure } from '../client.ts';

/** At most so many warnings are confirmed for one button: a server that always finds a new one is not followed for ever. */
const mostWarnings = 5;

/**
 * Presses a button of records. A warning whose name the settings allow is confirmed, as a user would: by an entry in
 * `res.user.warning`, which the server consumes. Whether the button did anything is not in the answer: an illegal
 * transition answers null as a legal one does.
 */
export async function press(
  rpc: Rpc,
  client: TrytonClient,
  model: string,
  button: string,
  ids: readonly number[],
): Promise<void> {
  for (let confirmed = 0; ; confirmed += 1) {
    try {
      await rpc.write(`model.${model}.${button}`, ids);
      return;
    } catch (error) {
      const warning = error instanceof TrytonFailure ? warningName(error) : null;
      if (
        warning === null ||
        confirmed === mostWarnings ||
        !mayConfirm(client.config.confirmWarnings, warning)
      )
        throw error;
      await rpc.write('model.res.user.warning.create', [
        { user: await rpc.userId(), name: warning, always: false },
      ]);
    }
  }
}

const warningName = ({ outcome }: TrytonFailure): string | null =>
  outcome.kind === 'rejected' && outcome.code === 'needs-confirmation' ? (outcome.field ?? null) : null;

/** `credit_limit_amount_*` allows `credit_limit_amount_sale.sale,42`. */
export function mayConfirm(allowed: readonly string[], name: string): boolean {
  return allowed.some((pattern) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  );
}
