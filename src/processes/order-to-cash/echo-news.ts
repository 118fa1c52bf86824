import type { Shipment } from '#canonical/fulfillment.ts';
import { shipmentMoves } from './moves.ts';
import type { ShipmentBook } from './shipments.ts';
import type { OrderState } from './state.ts';

/** What happens to a shipment after it left (or was laid ready), and is told by whoever hears of it first. */
export const deliveries: readonly Shipment['status'][] = [
  'ready-for-pickup',
  'collected',
  'delivered',
  'undeliverable',
];

/** Where the ERP itself knows the end, it rules: clocks of two platforms do not tell who was later. */
const settled: readonly Shipment['status'][] = ['collected', 'delivered', 'undeliverable', 'cancelled'];

/**
 * Each shipment of the ERP as far on as anybody knows it: a carrier's news reaches the storefront, say, and never the ERP. What the ERP
 * itself says later counts again, since only what lies ahead of its own state is taken over. All echoes of it have to agree.
 */
export function withNewsOfEchoes(book: ShipmentBook, shipments: OrderState['shipments']): ShipmentBook {
  const outside = book.outside.map(([key, shipment]) => {
    const echoes = (book.echoes.get(key) ?? []).flatMap((echo) => shipments[echo]?.data ?? []);
    const [first] = echoes;
    if (first === undefined || !echoes.every(({ status }) => status === first.status))
      return [key, shipment] as const;
    const isNews =
      !settled.includes(shipment.status) &&
      deliveries.includes(first.status) &&
      shipmentMoves[shipment.status].includes(first.status);
    const deliveredAt = shipment.deliveredAt ?? first.deliveredAt;
    return [key, isNews ? { ...shipment, status: first.status, deliveredAt } : shipment] as const;
  });
  return { ...book, outside };
}
