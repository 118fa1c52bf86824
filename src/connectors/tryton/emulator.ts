import Big from 'big.js';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json, JsonObject } from '#canonical/json.ts';
import type { EffectJournal } from '#connector-testkit/effect-journal.ts';
import {
  type Emulator,
  type EmulatorOptions,
  type EmulatorRequest,
  type EmulatorResponse,
  startEmulator,
} from '#connector-testkit/emulator.ts';
import { Amendments } from './emulator/amendments.ts';
import { HttpAnswer, rowLocked, ServerError } from './emulator/errors.ts';
import { Invoices } from './emulator/invoices.ts';
import { callModel, type Parts } from './emulator/methods.ts';
import { RequestSlots } from '#connector-testkit/request-slots.ts';
import { Sales } from './emulator/sales.ts';
import { addProduct, defaultSeed, plant, type Seed } from './emulator/seed.ts';
import { Sequences } from './emulator/sequences.ts';
import { Sessions } from './emulator/sessions.ts';
import { Shipments } from './emulator/shipments.ts';
import { type Row, Store } from './emulator/store.ts';
import { textOf } from './emulator/text.ts';
import { Wizards } from './emulator/wizards.ts';

export type TrytonEmulatorOptions = EmulatorOptions & {
  readonly database?: string;
  readonly user?: string;
  readonly password?: string;
  readonly seed?: number;
  /** Master data in place of (parts of) the default. */
  readonly data?: Partial<Seed>;
  /** Decimals of a unit price, as the server's trytond.conf sets them. */
  readonly priceDigits?: number;
  /** How long each writing call takes. Milliseconds. */
  readonly saveLatencyMs?: number;
  /** How long a new sale stays out of searches (reading it by id works at once). The real server has none. Milliseconds. */
  readonly searchLagMs?: number;
  /** Writing calls at the same time beyond which one finds its row locked; null: never. */
  readonly lockAbove?: number | null;
  /** Requests at the same time that the account allows: one more is answered 429; null: any number, as the real server does. */
  readonly requestLimit?: number | null;
  readonly now?: () => number;
};

/** Buttons that take locks on rows that others want too: sequences, moves. */
const locking = /\.(?:quote|confirm|process|pick|pack|done|post)$/;
const writing =
  /\.(?:create|write|delete|draft|quote|confirm|process|cancel|wait|assign_try|pick|pack|done|post|execute|validate_amendment)$/;

/** Tryton 6.0 in process: JSON-RPC as a real 6.0.29 answers, with sales, shipments and invoices behind it. */
export class TrytonPlatform {
  readonly store: Store;
  readonly sales: Sales;
  readonly shipments: Shipments;
  readonly invoices: Invoices;
  readonly slots: RequestSlots;
  readonly #options: TrytonEmulatorOptions;
  readonly #now: () => number;
  readonly #sessions: Sessions;
  readonly #wizards: Wizards;
  readonly #parts: Parts;
  #searchLagMs: number;
  #inFlight = 0;

  constructor(journal: EffectJournal, options: TrytonEmulatorOptions) {
    this.#options = options;
    this.slots = new RequestSlots(options.requestLimit ?? null);
    this.#now = options.now ?? Date.now;
    this.#searchLagMs = options.searchLagMs ?? 0;
    this.store = new Store(this.#now);
    const sequences = new Sequences();
    this.shipments = new Shipments(this.store, journal, sequences, this.#now);
    this.invoices = new Invoices(this.store, journal, sequences, this.#now);
    this.sales = new Sales({
      store: this.store,
      journal,
      sequences,
      shipments: this.shipments,
      invoices: this.invoices,
      now: this.#now,
      priceDigits: options.priceDigits ?? 4,
    });
    this.#parts = {
      store: this.store,
      sales: this.sales,
      shipments: this.shipments,
      invoices: this.invoices,
      amendments: new Amendments({
        store: this.store,
        journal,
        sales: this.sales,
        shipments: this.shipments,
        invoices: this.invoices,
      }),
      isVisible: (model, row) => this.#isVisible(model, row),
    };
    const user = options.user ?? 'tallyport';
    this.#sessions = new Sessions(user, options.password ?? 'secret');
    this.#wizards = new Wizards(this.store, this.sales);
    plant(this.store, { ...defaultSeed, ...options.data }, user, this.#now());
  }

  addProduct(code: string, type: 'goods' | 'service' = 'goods'): number {
    return addProduct(this.store, code, type);
  }

  /** Forgets all sessions, as the server does after its time-out: the next call gets 401. */
  expireSessions(): void {
    this.#sessions.expire();
  }

  /** From now on a new sale stays out of searches for so long. Milliseconds. */
  delaySearches(lagMs: number): void {
    this.#searchLagMs = lagMs;
  }

  /** The sales under a reference, oldest first. */
  salesWith(reference: string): readonly Row[] {
    return [...(this.store.byValue('sale.sale', 'reference', reference) ?? [])].map((id) =>
      this.store.get('sale.sale', id),
    );
  }

  /**
   * Picks, packs and sends a sale's goods in so many shipments, each with a tracking number where one is given. Leaves the
   * last `keep` parts waiting. Answers the ids of the shipments that left.
   */
  ship(
    saleId: number,
    {
      parts = 1,
      keep = 0,
      tracking = [],
    }: { readonly parts?: number; readonly keep?: number; readonly tracking?: readonly string[] } = {},
  ): readonly number[] {
    const sent: number[] = [];
    for (let part = 0; part < parts - keep; part += 1) {
      const open = this.shipments
        .ofSale(this.store.get('sale.sale', saleId))
        .find((id) =>
          ['waiting', 'assigned'].includes(textOf(this.store.get('stock.shipment.out', id)['state'])),
        );
      if (open === undefined) break;
      const left = new Big(parts - part);
      const share = new Map(
        [...this.shipments.quantities(open)].map(([line, quantity]) => [
          line,
          quantity.div(left).round(0, Big.roundUp),
        ]),
      );
      this.shipments.assign([open]);
      this.shipments.reduceTo(open, share);
      this.shipments.press('pick', [open]);
      const number = tracking[part];
      if (number !== undefined)
        this.store.create('stock.package', {
          shipment_id: open,
          code: String(open),
          shipping_reference: number,
        });
      this.shipments.press('pack', [open]);
      this.shipments.press('done', [open]);
      sent.push(open);
    }
    return sent;
  }

  /** Posts a sale's invoices; `paid` also settles them. */
  invoice(saleId: number, { paid = false }: { readonly paid?: boolean } = {}): readonly number[] {
    const ids = this.invoices.ofSale(saleId);
    this.invoices.post(ids);
    if (paid) this.invoices.pay(ids);
    return ids;
  }

  async handle(request: EmulatorRequest): Promise<EmulatorResponse> {
    if (!this.slots.enter()) return html(429, 'Too Many Requests');
    try {
      return await this.#answer(request);
    } finally {
      this.slots.leave();
    }
  }

  async #answer(request: EmulatorRequest): Promise<EmulatorResponse> {
    const body = parse(request.body);
    if (body === null) return html(400, 'Bad Request');
    const { id, method, params } = body;
    try {
      return envelope({ id, result: await this.#call(request, method, params) });
    } catch (error) {
      if (error instanceof ServerError) return envelope({ id, error: error.wire });
      if (error instanceof HttpAnswer)
        return error.status === 401 && method !== 'common.db.login'
          ? {
              status: 401,
              headers: {
                'content-type': 'text/plain; charset=utf-8',
                'www-authenticate': 'Basic realm="Tryton"',
              },
              body: '',
            }
          : html(error.status, error.title);
      throw error;
    }
  }

  async #call(request: EmulatorRequest, method: string, params: readonly Json[]): Promise<Json> {
    if (method === 'common.server.version') return '6.0.29';
    if (request.path !== `/${this.#options.database ?? 'tryton'}/`) throw new HttpAnswer(404, 'Not Found');
    if (method === 'common.db.login') return this.#sessions.login(params);
    const userId = this.#sessions.authorized(request.headers['authorization']);
    if (method === 'model.res.user.get_preferences')
      return { company: 1, 'company.rec_name': 'Emulated Ltd', language: 'en', groups: [] };
    const context = params.at(-1);
    if (context === null || typeof context !== 'object' || Array.isArray(context))
      throw new ServerError(['Missing context argument', '']);
    return this.#slowly(method, () =>
      this.#dispatch(method, params.slice(0, -1), context as JsonObject, userId),
    );
  }

  #dispatch(method: string, params: readonly Json[], context: JsonObject, userId: number): Json {
    if (method.startsWith('wizard.'))
      return this.#wizards.call(method.slice('wizard.'.length), params, context);
    if (!method.startsWith('model.')) throw new HttpAnswer(403, 'Forbidden');
    const name = method.slice('model.'.length);
    if (
      name === 'res.user.warning.create' &&
      (params[0] as JsonObject[]).some((warning) => warning['user'] !== userId)
    )
      throw new HttpAnswer(403, 'Forbidden');
    return callModel(this.#parts, name, params, context);
  }

  /** Writing calls take their time, and one too many at once finds its row locked by another. */
  async #slowly(method: string, run: () => Json): Promise<Json> {
    if (!writing.test(method)) return run();
    const { lockAbove = null, saveLatencyMs = 1 } = this.#options;
    this.#inFlight += 1;
    try {
      const isLocked = lockAbove !== null && this.#inFlight > lockAbove && locking.test(method);
      await sleep(saveLatencyMs);
      if (isLocked) throw rowLocked(method.includes('quote') ? 'ir_sequence' : 'stock_move');
      return run();
    } finally {
      this.#inFlight -= 1;
    }
  }

  #isVisible(model: string, row: Row): boolean {
    if (this.#searchLagMs === 0 || model !== 'sale.sale') return true;
    const at = row['create_date'] as { readonly [unit: string]: number };
    const bornMs = Date.UTC(
      at['year'] ?? 0,
      (at['month'] ?? 1) - 1,
      at['day'],
      at['hour'],
      at['minute'],
      at['second'],
      (at['microsecond'] ?? 0) / 1000,
    );
    return this.#now() - bornMs >= this.#searchLagMs;
  }
}

function parse(
  body: string,
): { readonly id: Json; readonly method: string; readonly params: readonly Json[] } | null {
  try {
    const parsed = JSON.parse(body) as { id?: Json; method?: Json; params?: Json };
    return typeof parsed.method === 'string' && Array.isArray(parsed.params)
      ? { id: parsed.id ?? 0, method: parsed.method, params: parsed.params as Json[] }
      : null;
  } catch {
    return null;
  }
}

const envelope = (body: JsonObject): EmulatorResponse => ({ status: 200, body: JSON.stringify(body) });
const html = (status: number, title: string): EmulatorResponse => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<!doctype html>\n<html lang=en>\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n`,
});

/** Starts the emulated server on loopback. */
export async function trytonEmulator(options: TrytonEmulatorOptions = {}): Promise<Emulator<TrytonPlatform>> {
  return startEmulator((journal) => new TrytonPlatform(journal, options), options);
}
