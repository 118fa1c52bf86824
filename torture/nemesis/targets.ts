/** The product's processes, by the names that the stand gives them. */
export const workers = ['worker-1', 'worker-2'] as const;
export const gateways = ['gateway-1', 'gateway-2'] as const;
export const productProcesses = [...workers, ...gateways, 'scheduler'] as const;
export type ProcessName = (typeof productProcesses)[number];

/** The emulated systems. */
export const retailers = ['northwind-apparel', 'harbour-supply'] as const;
export const systems = ['shop', 'erp', 'crm'] as const;
export const platforms = retailers.flatMap((retailer) => systems.map((system) => `${retailer}/${system}`));
