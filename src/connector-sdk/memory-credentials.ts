import { isDeepStrictEqual } from 'node:util';
import type { Credential, CredentialStore } from './services.ts';

/** A credential store of one process, for tests and tools: renews once for all who wait, forgets everything at exit. */
export function memoryCredentials(now: () => number = Date.now): CredentialStore {
  const current = new Map<string, Credential>();
  const renewing = new Map<string, Promise<Credential>>();
  return {
    async get(name, options) {
      const { marginMs, refused } = options;
      const known = current.get(name) ?? null;
      const expired = known !== null && known.expiresAtMs !== null && known.expiresAtMs - marginMs <= now();
      const isRefused = known !== null && refused !== undefined && isDeepStrictEqual(known.value, refused);
      if (known !== null && !expired && !isRefused) return known;

      const running = renewing.get(name);
      if (running !== undefined) return running;
      const renewal = Promise.resolve()
        .then(() => options.renew(known))
        .then((credential) => {
          current.set(name, credential);
          return credential;
        })
        .finally(() => renewing.delete(name));
      renewing.set(name, renewal);
      return renewal;
    },
  };
}
