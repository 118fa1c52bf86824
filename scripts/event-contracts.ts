import { z } from 'zod';
import { cloudEventSchemas, dataSchemaOf, type OutwardType, outwardTypes } from '#canonical/cloud-event.ts';
import type { Schema } from './schema-compatibility.ts';

const titleOf = (type: OutwardType): string => `${type}, version 1, as a CloudEvents 1.0 message in JSON`;

/**
 * The contract of one outward event as JSON Schema 2020-12. It is open where our own schema is strict: a reader has to let fields
 * pass that it does not know, so that adding one breaks nobody.
 */
export function eventContract(type: OutwardType): Schema {
  const { $schema, ...schema } = z.toJSONSchema(cloudEventSchemas[type], {
    target: 'draft-2020-12',
    // Decimals are text on the wire; their brand exists in the compiler only.
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return { $schema, $id: dataSchemaOf(type), title: titleOf(type), ...schema } as Schema;
}

/** Every contract by its file name below contracts/events/. */
export function eventContracts(): ReadonlyMap<string, Schema> {
  return new Map(outwardTypes.map((type) => [`${type}.v1.schema.json`, eventContract(type)]));
}
