import type { MappingProblem } from '#connector-sdk/outcome.ts';
import type { FailureOutcome } from './answer.ts';

/** A request that did not end in an answer. Thrown within one attempt only; the client turns it back into its outcome. */
export class NetSuiteFailure extends Error {
  override readonly name = 'NetSuiteFailure';
  readonly outcome: FailureOutcome;
  constructor(outcome: FailureOutcome) {
    super('detail' in outcome ? outcome.detail : outcome.kind);
    this.outcome = outcome;
  }
}

/** The same bytes will never have an effect. */
export const rejected = (code: string, detail: string): NetSuiteFailure =>
  new NetSuiteFailure({ kind: 'rejected', code, detail });

/** Our data names a record that the account does not have. */
export const notInAccount = (problems: readonly MappingProblem[]): NetSuiteFailure =>
  new NetSuiteFailure({ kind: 'unmappable', problems });
