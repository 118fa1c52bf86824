import avro from 'avsc';
import { z } from 'zod';

/** What a change event says of itself, with the names of the fields that changed. */
export type ChangeHeader = {
  readonly entity: string;
  readonly recordIds: readonly string[];
  readonly kind: 'CREATE' | 'UPDATE' | 'DELETE' | 'UNDELETE' | 'OVERFLOW';
  /** The platform could not tell what changed: only that something did. */
  readonly isGap: boolean;
  readonly origin: string;
  readonly transactionKey: string;
  readonly committedAtMs: number;
  readonly userId: string;
  /** Of an update, e.g. `Name`, `BillingAddress.City`; empty where that is not said. */
  readonly changedFields: readonly string[];
};

/** Thrown for bytes that are no change event; the stream cannot be read past it without losing something. */
export class UnreadableEventError extends Error {
  override readonly name = 'UnreadableEventError';
}

/** Instants and commit numbers may pass 2^53 one day; they are compared, never counted with. */
const longType = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => Number(bytes.readBigInt64LE()),
  toBuffer: (value: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    return bytes;
  },
  fromJSON: Number,
  toJSON: Number,
  isValid: Number.isInteger,
  compare: (a: number, b: number) => a - b,
});

/** @throws UnreadableEventError */
export function readSchema(json: string): avro.Type {
  try {
    return avro.Type.forSchema(JSON.parse(json) as avro.Schema, { registry: { long: longType } });
  } catch (error) {
    throw new UnreadableEventError(`the schema: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const headerSchema = z.object({
  ChangeEventHeader: z.object({
    entityName: z.string().min(1),
    recordIds: z.array(z.string()),
    changeType: z.enum([
      'CREATE',
      'UPDATE',
      'DELETE',
      'UNDELETE',
      'GAP_CREATE',
      'GAP_UPDATE',
      'GAP_DELETE',
      'GAP_UNDELETE',
      'GAP_OVERFLOW',
    ]),
    changeOrigin: z.string(),
    transactionKey: z.string(),
    commitTimestamp: z.number(),
    commitUser: z.string(),
    changedFields: z.array(z.string()),
  }),
});

/** Reads the header of a change event. @throws UnreadableEventError */
export function readChange(type: avro.Type, payload: Buffer): ChangeHeader {
  let decoded: unknown;
  try {
    decoded = type.fromBuffer(payload);
  } catch (error) {
    throw new UnreadableEventError(error instanceof Error ? error.message : String(error));
  }
  const read = headerSchema.safeParse(decoded);
  if (!read.success) throw new UnreadableEventError(read.error.issues[0]?.path.join('.') ?? 'no header');
  const header = read.data.ChangeEventHeader;
  return {
    entity: header.entityName,
    recordIds: header.recordIds,
    kind: header.changeType.replace('GAP_', '') as ChangeHeader['kind'],
    isGap: header.changeType.startsWith('GAP_'),
    origin: header.changeOrigin,
    transactionKey: header.transactionKey,
    committedAtMs: header.commitTimestamp,
    userId: header.commitUser,
    changedFields: namesOf(type, header.changedFields),
  };
}

/**
 * Names of the fields that bitmaps stand for: `0x...` for those of the event, `<position>-0x...` for the parts of a compound one. The lowest
 * bit is the first field.
 */
function namesOf(type: avro.Type, bitmaps: readonly string[]): readonly string[] {
  const fields = type instanceof avro.types.RecordType ? type.fields : [];
  return bitmaps.flatMap((bitmap) => {
    const [, position, bits] = /^(?:(\d+)-)?(0x[0-9A-Fa-f]+)$/.exec(bitmap) ?? [];
    if (bits === undefined) throw new UnreadableEventError(`changedFields: ${bitmap} is no bitmap`);
    if (position === undefined) return named(fields, bits);
    const parent = fields[Number(position)];
    return parent === undefined
      ? []
      : named(partsOf(parent.type), bits).map((part) => `${parent.name}.${part}`);
  });
}

function named(fields: readonly { readonly name: string }[], hex: string): readonly string[] {
  const bits = BigInt(hex);
  return fields.flatMap(({ name }, index) => (((bits >> BigInt(index)) & 1n) === 1n ? [name] : []));
}

function partsOf(type: avro.Type): readonly { readonly name: string }[] {
  const types: readonly avro.Type[] = 'types' in type ? (type.types as readonly avro.Type[]) : [type];
  const record = types.find((candidate) => candidate instanceof avro.types.RecordType);
  return record instanceof avro.types.RecordType ? record.fields : [];
}
