/**
 * PostgreSQL's binary array format (one dimension), so that a batch of thousands of values travels as one parameter that neither
 * side has to quote or parse. Source: PostgreSQL `array_send`/`array_recv`.
 */
const oids = { text: 25, int4: 23, int8: 20, bool: 16, bytea: 17 } as const;

function encode<T>(
  oid: number,
  values: readonly (T | null)[],
  sizeOf: (value: T) => number,
  write: (value: T, target: Buffer, offset: number) => void,
): Buffer {
  const sizes = values.map((value) => (value === null ? 0 : sizeOf(value)));
  const buffer = Buffer.allocUnsafe(20 + sizes.reduce((total, size) => total + 4 + size, 0));
  buffer.writeInt32BE(values.length === 0 ? 0 : 1, 0);
  buffer.writeInt32BE(values.includes(null) ? 1 : 0, 4);
  buffer.writeInt32BE(oid, 8);
  if (values.length === 0) return buffer.subarray(0, 12);
  buffer.writeInt32BE(values.length, 12);
  buffer.writeInt32BE(1, 16); // lower bound
  let offset = 20;
  values.forEach((value, index) => {
    const size = sizes[index] as number;
    buffer.writeInt32BE(value === null ? -1 : size, offset);
    offset += 4;
    if (value !== null) write(value, buffer, offset);
    offset += size;
  });
  return buffer;
}

/** Text cannot hold U+0000 in PostgreSQL; it is shown as what it is. */
const storable = (text: string): string =>
  text.includes('\u0000') ? text.replaceAll('\u0000', '\u2400') : text;

export const textArray = (values: readonly (string | null)[]): Buffer => {
  const bytes = values.map((value) => (value === null ? null : Buffer.from(storable(value), 'utf8')));
  return encode(
    oids.text,
    bytes,
    (value) => value.length,
    (value, target, offset) => void value.copy(target, offset),
  );
};
export const byteaArray = (values: readonly (Buffer | null)[]): Buffer =>
  encode(
    oids.bytea,
    values,
    (value) => value.length,
    (value, target, offset) => void value.copy(target, offset),
  );
export const int4Array = (values: readonly (number | null)[]): Buffer =>
  encode(
    oids.int4,
    values,
    () => 4,
    (value, target, offset) => void target.writeInt32BE(value, offset),
  );
export const int8Array = (values: readonly (number | bigint | null)[]): Buffer =>
  encode(
    oids.int8,
    values,
    () => 8,
    (value, target, offset) => void target.writeBigInt64BE(BigInt(value), offset),
  );
export const boolArray = (values: readonly (boolean | null)[]): Buffer =>
  encode(
    oids.bool,
    values,
    () => 1,
    (value, target, offset) => void target.writeUInt8(value ? 1 : 0, offset),
  );
