import { InvalidArgumentError } from 'commander';

/** A whole number from 1 on, such as an id or a limit. @throws InvalidArgumentError */
export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || !Number.isSafeInteger(number))
    throw new InvalidArgumentError('It is no whole number from 1 on.');
  return number;
}

/** For an argument that is given several times. @throws InvalidArgumentError */
export const wholeNumbers = (text: string, before: readonly number[] = []): readonly number[] => [
  ...before,
  wholeNumber(text),
];

/** An instant in RFC 3339, as text. @throws InvalidArgumentError */
export function instantText(text: string): string {
  const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  if (!isInstant || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError('It is no instant such as 2026-11-27T06:00:00Z.');
  return text;
}

/** `connection/type/id`; the id may hold slashes. @throws Error */
export function readRef(text: string): { connection: string; type: string; id: string } {
  const [connection = '', type = '', ...id] = text.split('/');
  if (connection === '' || type === '' || id.join('/') === '')
    throw new Error(`"${text}" is not connection/type/id, e.g. erp/sale.sale/42`);
  return { connection, type, id: id.join('/') };
}
