import { netsuiteSetUps } from './netsuite-set-ups.ts';
import { type RetailerSetUp, setUps } from './set-ups.ts';

/** The ERPs that the sandbox's retailers can be on. */
export const erps = ['netsuite', 'tryton'] as const;
export type ErpName = (typeof erps)[number];

/** The sandbox's retailers on that ERP. */
export const setUpsOn = (erp: ErpName): readonly RetailerSetUp[] =>
  erp === 'netsuite' ? netsuiteSetUps : setUps;

/** @throws RangeError for any other word */
export function erpNamed(text: string): ErpName {
  const erp = erps.find((name) => name === text);
  if (erp === undefined) throw new RangeError(`--erp is one of ${erps.join(', ')}`);
  return erp;
}
