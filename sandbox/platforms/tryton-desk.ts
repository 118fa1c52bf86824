import type { TrytonPlatform } from '#connectors/tryton/emulator.ts';
import type { ErpDesk } from './erp-desk.ts';

/** The people at a Tryton: what is processed is theirs. */
export function trytonDesk(platform: TrytonPlatform): ErpDesk {
  const statesOf = (sale: string): readonly unknown[] =>
    platform.shipments
      .ofSale(platform.store.get('sale.sale', Number(sale)))
      .map((id) => platform.store.get('stock.shipment.out', id)['state']);
  return {
    handedOver: ({ type, key, data }) =>
      type === 'sale.processed'
        ? { sale: String((data as { readonly sale: number }).sale), reference: key }
        : null,
    saleUnder(reference) {
      const [sale] = platform.salesWith(reference);
      return sale === undefined ? null : String(sale.id);
    },
    ship: (sale, plan) => platform.ship(Number(sale), plan).length,
    canBeInvoiced(sale) {
      const states = statesOf(sale);
      return states.length === 0 || states.includes('done');
    },
    invoice: (sale, paid) => void platform.invoice(Number(sale), { paid }),
    expireLogins: () => platform.expireSessions(),
  };
}
