import Big from 'big.js';
import type { Json } from '#canonical/json.ts';
import type { EffectJournal } from '#connector-testkit/effect-journal.ts';
import { encodeDate, microInstant } from '../codec.ts';
import type { Sequences } from './sequences.ts';
import type { Row, Store } from './store.ts';
import { textOf } from './text.ts';

const shipmentModel = 'stock.shipment.out';
type Button = 'draft' | 'wait' | 'pick' | 'pack' | 'done' | 'cancel';

/** From which states each button leads where; from any other it does nothing and says nothing. */
const buttons: { readonly [B in Button]: { readonly from: readonly string[]; readonly to: string } } = {
  draft: { from: ['waiting', 'cancelled'], to: 'draft' },
  wait: { from: ['draft', 'waiting', 'assigned'], to: 'waiting' },
  pick: { from: ['waiting', 'assigned'], to: 'picked' },
  pack: { from: ['waiting', 'picked'], to: 'packed' },
  done: { from: ['packed'], to: 'done' },
  cancel: { from: ['draft', 'waiting', 'assigned', 'picked', 'packed'], to: 'cancelled' },
};

/** Customer shipments and their outgoing moves. */
export class Shipments {
  readonly #store: Store;
  readonly #journal: EffectJournal;
  readonly #sequences: Sequences;
  readonly #now: () => number;
  /** Processes the sales of a shipment that has ended, as Tryton's moves do. */
  onEnded: (sales: readonly number[]) => void = () => {};

  constructor(store: Store, journal: EffectJournal, sequences: Sequences, now: () => number) {
    this.#store = store;
    this.#journal = journal;
    this.#sequences = sequences;
    this.#now = now;
    store.compute.set('stock.move.sale', (move) => this.#saleOf(move));
  }

  /** One waiting shipment for what is still to be sent of a sale; null when that is nothing. */
  plan(sale: Row): number | null {
    const open = this.#store.related('sale.sale', sale, 'lines').flatMap((id) => {
      const line = this.#store.get('sale.line', id);
      const quantity = this.#unplanned(line);
      return quantity.gt(0) ? [{ line, quantity }] : [];
    });
    if (open.length === 0) return null;
    const shipment = this.#store.create(shipmentModel, {
      number: this.#sequences.next(shipmentModel),
      state: 'waiting',
      warehouse: sale['warehouse'] ?? null,
      company: sale['company'] ?? null,
      customer: sale['party'] ?? null,
      delivery_address: sale['shipment_address'] ?? null,
    });
    for (const { line, quantity } of open) this.#makeMove(shipment, line, quantity);
    this.#store.write(shipmentModel, shipment.id, {});
    return shipment.id;
  }

  /** Takes away what is planned and not picked; as on the server also the moves of a shipment that is being assigned, which stays behind empty. */
  clearPlanned(sale: Row): void {
    for (const id of this.ofSale(sale)) {
      const shipment = this.#store.get(shipmentModel, id);
      if (!['draft', 'waiting', 'assigned'].includes(textOf(shipment['state']))) continue;
      for (const move of this.#moves(shipment)) this.#store.delete('stock.move', move.id);
      if (shipment['state'] !== 'assigned') this.#store.delete(shipmentModel, id);
    }
  }

  press(button: Button, ids: readonly number[]): void {
    const { from, to } = buttons[button];
    for (const id of ids) {
      const shipment = this.#store.get(shipmentModel, id);
      if (!from.includes(textOf(shipment['state']))) continue;
      const isEnd = to === 'done' || to === 'cancelled';
      this.#store.write(shipmentModel, id, {
        state: to,
        ...(to === 'done' && { effective_date: encodeDate(microInstant(this.#now()).slice(0, 10)) }),
      });
      if (isEnd)
        for (const move of this.#moves(shipment)) this.#store.write('stock.move', move.id, { state: to });
      const sales = [
        ...new Set(
          this.#moves(shipment).flatMap((move) =>
            this.#saleOf(move) === null ? [] : [this.#saleOf(move) as number],
          ),
        ),
      ];
      if (to === 'done') this.#record(shipment, sales);
      if (isEnd) this.onEnded(sales);
    }
  }

  /** True when everything could be assigned; the emulated warehouse is never short. */
  assign(ids: readonly number[]): boolean {
    for (const id of ids) {
      if (this.#store.get(shipmentModel, id)['state'] === 'waiting')
        this.#store.write(shipmentModel, id, { state: 'assigned' });
    }
    return true;
  }

  /** Leaves only `quantities` (by sale line) in a shipment that is not packed yet, as a short pick does. */
  reduceTo(shipment: number, quantities: ReadonlyMap<number, Big>): void {
    for (const move of this.#moves(this.#store.get(shipmentModel, shipment))) {
      const quantity = quantities.get(lineOf(move)) ?? new Big(0);
      if (quantity.eq(0)) this.#store.delete('stock.move', move.id);
      else this.#store.write('stock.move', move.id, { quantity: quantity.toNumber() });
    }
  }

  quantities(shipment: number): ReadonlyMap<number, Big> {
    return new Map(
      this.#moves(this.#store.get(shipmentModel, shipment)).map((move) => [
        lineOf(move),
        new Big(textOf(move['quantity'])),
      ]),
    );
  }

  /** The ids of a sale's shipments. */
  ofSale(sale: Row): readonly number[] {
    const ids = this.#store
      .related('sale.sale', sale, 'lines')
      .flatMap((line) => this.movesOfLine(line).map((move) => move['shipment_id'] as number));
    return [...new Set(ids)];
  }

  movesOfLine(line: number): readonly Row[] {
    return [...(this.#store.byValue('stock.move', 'origin', `sale.line,${line}`) ?? [])].map((id) =>
      this.#store.get('stock.move', id),
    );
  }

  #unplanned(line: Row): Big {
    const product = line['product'];
    if (
      product === null ||
      product === undefined ||
      this.#store.get('product.product', product as number)['type'] === 'service'
    )
      return new Big(0);
    // A cancelled move counts until somebody says that it is to be made anew.
    return this.movesOfLine(line.id).reduce(
      (left, move) => left.minus(textOf(move['quantity'])),
      new Big(textOf(line['quantity'])),
    );
  }

  #makeMove(shipment: Row, line: Row, quantity: Big): void {
    this.#store.create('stock.move', {
      shipment_id: shipment.id,
      product: line['product'] ?? null,
      quantity: quantity.toNumber(),
      uom: line['unit'] ?? null,
      state: 'draft',
      origin: `sale.line,${line.id}`,
    });
  }

  #moves(shipment: Row): readonly Row[] {
    return this.#store
      .related(shipmentModel, shipment, 'outgoing_moves')
      .map((id) => this.#store.get('stock.move', id));
  }

  #saleOf(move: Row): number | null {
    const line = this.#store.table('sale.line').get(lineOf(move));
    return line === undefined ? null : (line['sale'] as number);
  }

  #record(shipment: Row, sales: readonly number[]): void {
    const packages = [...(this.#store.byValue('stock.package', 'shipment_id', shipment.id) ?? [])];
    const tracking = packages.flatMap(
      (id) => this.#store.get('stock.package', id)['shipping_reference'] ?? [],
    );
    for (const id of sales) {
      const lines: Json = this.#moves(shipment)
        .filter((move) => this.#saleOf(move) === id)
        .map((move) => ({
          product: this.#store.get('product.product', move['product'] as number)['code'] ?? null,
          quantity: move['quantity'] ?? null,
        }));
      this.#journal.record('shipment.done', textOf(this.#store.get('sale.sale', id)['reference']), {
        shipment: shipment.id,
        sale: id,
        number: shipment['number'] ?? null,
        tracking,
        lines,
      });
    }
  }
}

const lineOf = (move: Row): number => Number(textOf(move['origin']).split(',')[1]);
