import type { Finding } from '#connector-sdk/connector.ts';
import type { Fact } from './org-facts.ts';

export const fine = (check: string, detail: string): Finding => ({
  level: 'ok',
  check,
  detail,
  remedy: null,
});
export const warning = (check: string, detail: string, remedy: string): Finding => ({
  level: 'warning',
  check,
  detail,
  remedy,
});
export const wrong = (check: string, detail: string, remedy: string): Finding => ({
  level: 'error',
  check,
  detail,
  remedy,
});

/** Judges a fact; an unknown one is a finding by itself. */
export function judge<T>(check: string, fact: Fact<T>, remedy: string, of: (value: T) => Finding): Finding {
  if (fact.known) return of(fact.value);
  const { failure } = fact;
  return wrong(check, `${failure.kind}: ${failure.detail}`, remedy);
}
