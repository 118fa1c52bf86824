/** The first of the texts that says anything, without space around it. */
export function firstText(...texts: readonly (string | null | undefined)[]): string | null {
  for (const text of texts) {
    const trimmed = text?.trim() ?? '';
    if (trimmed !== '') return trimmed;
  }
  return null;
}
