import { UnmappableError, type CrosswalkTable, type RenderContext } from './mapping.ts';

/** A retailer's rows: by connection, table and our key, the platform's word. */
export type CrosswalkRows = Readonly<
  Record<string, Readonly<Partial<Record<CrosswalkTable, Readonly<Record<string, string>>>>>>
>;

/** Everything that a render may look at, as it was when the command was rendered. */
export type RenderSnapshot = {
  readonly connection: string;
  readonly crosswalks: CrosswalkRows;
  /** What the connection calls the entity, by the platform's record type. */
  readonly links: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, unknown>>;
};

/** What a render looked at. Stored with the command, so that it can be explained, and re-rendered when a row changes. */
export type UsedMapping = {
  /** `value` null = looked up and absent, and the render went on without. */
  readonly rows: readonly {
    readonly table: CrosswalkTable;
    readonly key: string;
    readonly value: string | null;
  }[];
  readonly links: readonly { readonly type: string; readonly id: string | null }[];
};

/** A render context over a snapshot, and what was used of it so far. Pure but for its record of use. */
export function renderContext(snapshot: RenderSnapshot): {
  readonly context: RenderContext;
  readonly used: () => UsedMapping;
} {
  const rows = new Map<string, UsedMapping['rows'][number]>();
  const links = new Map<string, UsedMapping['links'][number]>();
  const tables = own(snapshot.crosswalks, snapshot.connection);

  const lookUp = (table: CrosswalkTable, key: string): string | null => {
    const value = own(own(tables, table), key) ?? null;
    rows.set(JSON.stringify([table, key]), { table, key, value });
    return value;
  };
  const context: RenderContext = {
    connection: snapshot.connection,
    config: snapshot.config,
    crosswalkOptional: lookUp,
    crosswalk(table, key, path, proposal) {
      const value = lookUp(table, key);
      if (value !== null) return value;
      const message = `the crosswalk "${table}" of ${snapshot.connection} has no row for "${key}"`;
      throw new UnmappableError([{ path, message, crosswalk: { table, key, proposal: proposal ?? null } }]);
    },
    linked(type) {
      const id = own(snapshot.links, type) ?? null;
      links.set(type, { type, id });
      return id;
    },
  };
  return { context, used: () => ({ rows: [...rows.values()], links: [...links.values()] }) };
}

/** A key such as `constructor` must not find what every object has. */
function own<T>(record: Readonly<Record<string, T | undefined>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
