import type { Emulator, EmulatorRequest } from '#connector-testkit/emulator.ts';
import type { SeededRandom } from '#connector-testkit/seeded-random.ts';

/** How the platforms behave: as they should, as on a bad day, or not at all. */
export const weathers = ['calm', 'storm', 'down'] as const;
export type Weather = (typeof weathers)[number];

/** A bad spell comes about every `everyMs` and lasts `forMs`; when the first one begins is the seed's. */
type Spells = { readonly everyMs: number; readonly forMs: number };
const spells = { erp: { everyMs: 6_000, forMs: 1_200 }, crm: { everyMs: 9_000, forMs: 900 } } as const;

/** Whether a request may change something, as far as its text tells. */
export const isWrite: Readonly<Record<'shop' | 'erp' | 'crm', (request: EmulatorRequest) => boolean>> = {
  shop: ({ body }) => body.includes('mutation'),
  erp: ({ method, path, body }) =>
    (method !== 'GET' && path.startsWith('/services/rest/record/')) ||
    /"method":\s*"(?:model|wizard)\.[a-z_.]+\.(?:create|write|quote|confirm|process|cancel|execute)"/.test(
      body,
    ),
  crm: ({ method, path }) => method !== 'GET' && !path.includes('/oauth2/'),
};

/**
 * Sets what goes wrong at one platform. A storm: spells of 429 and 503, and of the writes that are carried out 2 % whose answer
 * is lost (1 % at the shop).
 */
export function setWeather(
  { faults }: Pick<Emulator<unknown>, 'faults'>,
  system: 'shop' | 'erp' | 'crm',
  weather: Weather,
  random: SeededRandom,
): void {
  faults.clear();
  if (weather === 'calm') return;
  if (weather === 'down') return void faults.often({ kind: 'reset' }, 1);
  if (system !== 'shop') {
    const isBad = badSpell(spells[system], random.next());
    faults.often({ kind: 'answer', status: 503, headers: { 'retry-after': '1' } }, 0.5, isBad);
    if (system === 'erp')
      faults.often({ kind: 'answer', status: 429, headers: { 'retry-after': '1' } }, 0.6, isBad);
  }
  faults.often({ kind: 'reset-after' }, system === 'shop' ? 0.01 : 0.02, isWrite[system]);
  faults.often({ kind: 'delay', ms: 60 }, 0.05);
}

function badSpell({ everyMs, forMs }: Spells, phase: number): () => boolean {
  const startedMs = performance.now() - phase * everyMs;
  return () => (performance.now() - startedMs) % everyMs < forMs;
}
