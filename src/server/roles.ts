/** What a process does. `gateway` takes webhooks, `worker` works on lanes, `scheduler` does what happens by the clock. */
export const roles = ['gateway', 'worker', 'scheduler'] as const;
export type Role = (typeof roles)[number];

/** Reads `gateway,worker`; `all` stands for every role. Null when a word is none of them. */
export function parseRoles(text: string): ReadonlySet<Role> | null {
  const words = text.split(',').map((word) => word.trim());
  if (words.includes('all')) return new Set(roles);
  const isRole = (word: string): word is Role => (roles as readonly string[]).includes(word);
  return words.every(isRole) ? new Set(words) : null;
}
