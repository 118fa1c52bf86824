import type { Fault } from '#connector-testkit/fault-plan.ts';
import type { WebhookOptions } from '#connectors/shopify/emulator/webhook-options.ts';
import { isWrite } from './fault-weather.ts';
import { type System, systems } from './journal-files.ts';
import type { RetailerPlatforms } from './retailer-platforms.ts';
import type { Spell } from './spell.ts';

/** An answer of 200 that says, in each platform's way, that it did nothing for now. */
const errorBodies: Readonly<Record<System, string>> = {
  shop: '{"errors":[{"message":"Internal error. Looks like something went wrong on our end.","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}',
  erp: '{"id":1,"error":["could not obtain lock on row in relation \\"ir_sequence\\"\\n",""]}',
  crm: '[{"message":"The server is busy, try again later.","errorCode":"SERVER_UNAVAILABLE"}]',
};
/** Between two expiries of one spell. Milliseconds. */
const expiryEveryMs = 400;

/** What platforms do wrong at the moment. Several spells may hold at once, and each ends by itself alone. */
export class Spells {
  readonly #platforms: readonly RetailerPlatforms[];
  readonly #usual: WebhookOptions;
  readonly #active = new Map<string, { readonly spell: Spell; end(): void }>();

  /** `usual`: how webhooks are sent when no spell says otherwise. */
  constructor(platforms: readonly RetailerPlatforms[], usual: WebhookOptions) {
    this.#platforms = platforms;
    this.#usual = usual;
  }

  /** @throws RangeError when there is one of that id already, or nobody whom it could befall */
  begin(spell: Spell): void {
    if (this.#active.has(spell.id)) throw new RangeError(`there is a spell ${spell.id} already`);
    const befallen = this.#platforms.filter(
      ({ setUp }) => spell.retailer === undefined || setUp.profile.retailer === spell.retailer,
    );
    if (befallen.length === 0) throw new RangeError(`there is no retailer ${spell.retailer}`);
    const ends = befallen.map((platforms) => this.#befall(platforms, spell));
    this.#active.set(spell.id, { spell, end: () => ends.forEach((end) => end()) });
    this.#tellSenders();
  }

  /** A spell that is over already is no mistake. */
  end(id: string): void {
    this.#active.get(id)?.end();
    this.#active.delete(id);
    this.#tellSenders();
  }

  close(): void {
    for (const id of this.#active.keys()) this.end(id);
  }

  #befall(platforms: RetailerPlatforms, spell: Spell): () => void {
    const chosen = systems.filter((system) => spell.system === undefined || spell.system === system);
    const each = (begin: (system: System) => () => void): (() => void) => {
      const ends = chosen.map(begin);
      return () => ends.forEach((end) => end());
    };
    switch (spell.deed) {
      case '429':
      case '429-retry-after':
      case '500':
      case '503':
      case 'error-body':
        return each((system) => platforms[system].faults.often(answer(spell.deed, system), spell.share));
      case 'answer-lost':
        return each((system) => {
          const { faults } = platforms[system];
          const [cut, silent] = [
            faults.often({ kind: 'reset-after' }, spell.share / 2, isWrite[system]),
            faults.often({ kind: 'hang-after', ms: 1_500 }, spell.share / 2, isWrite[system]),
          ];
          return () => [cut, silent].forEach((end) => end());
        });
      case 'effect-late':
        return each((system) =>
          platforms[system].faults.often(
            { kind: 'effect-late', ms: spell.lateMs },
            spell.share,
            isWrite[system],
          ),
        );
      case 'access-expired':
        return each((system) => expire(platforms, system, spell.times));
      case 'secret-rotated':
        platforms.shop.platform.signingSecret = spell.secret;
        return () => {
          platforms.shop.platform.signingSecret = null;
        };
      case 'webhooks':
      case 'unknown-field':
      case 'changed-type':
      case 'poison':
        return () => undefined; // the senders are told of all spells together
    }
  }

  /** Of several spells on one sender the one that began last holds. */
  #tellSenders(): void {
    for (const { setUp, shop } of this.#platforms) {
      const spells = [...this.#active.values()]
        .map(({ spell }) => spell)
        .filter(({ retailer }) => retailer === undefined || retailer === setUp.profile.retailer);
      shop.platform.webhooks.set(Object.assign({}, this.#usual, ...spells.map(sending)) as WebhookOptions);
    }
  }
}

const calmBodies = { drift: null, drifting: 0, poisonous: 0, malformed: 0, forged: 0, late: 0 } as const;

/** How webhooks are sent while nothing is wrong: the sandbox's own ways, without anything hostile. */
export const calmSending = (usual: WebhookOptions): WebhookOptions => ({ ...usual, ...calmBodies });

function sending(spell: Spell): WebhookOptions {
  switch (spell.deed) {
    case 'webhooks': {
      const { duplicated, dropped, malformed, forged, late, lateMs, shuffleMs } = spell;
      return { duplicated, dropped, malformed, forged, late, lateMs, shuffleMs };
    }
    case 'unknown-field':
    case 'changed-type':
      return { drift: spell.deed, drifting: spell.share };
    case 'poison':
      return { poisonous: spell.share };
    default:
      return {};
  }
}

function answer(deed: '429' | '429-retry-after' | '500' | '503' | 'error-body', system: System): Fault {
  if (deed === 'error-body') return { kind: 'answer', status: 200, body: errorBodies[system] };
  const headers = deed === '429-retry-after' ? { 'retry-after': '1' } : {};
  return { kind: 'answer', status: Number.parseInt(deed, 10), headers };
}

function expire({ shop, desk, crm }: RetailerPlatforms, system: System, times: number): () => void {
  const revoke = (): void => {
    if (system === 'shop') shop.platform.tokens.revokeAll();
    if (system === 'erp') desk.expireLogins();
    if (system === 'crm') crm.platform.oauth.expireSessions();
  };
  revoke();
  const timers = Array.from({ length: times - 1 }, (_, index) =>
    setTimeout(revoke, (index + 1) * expiryEveryMs),
  );
  return () => timers.forEach((timer) => clearTimeout(timer));
}
