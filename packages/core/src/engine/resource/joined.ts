// Fields that a reference adds: lookup fields, which a file may have in its place, and fields that only exports show.
import { type TSchema, Type } from '@sinclair/typebox'
import type {
  FieldDefinition,
  JoinedDefinition,
  LookupFieldDefinition,
  ShownDefinition,
} from './definition.ts'
import { compileField, type Field } from './field.ts'

/** A field of an export whose value comes from the referenced table. */
export interface Joined {
  readonly field: Field
  readonly column: string
  /** Included in exports that name no fields. */
  readonly exported: boolean
}

/** A field that a file may have in place of a reference, and the column of the other table to look it up in. */
export type LookupField = Joined

export function compileLookupField(
  standsFor: Field,
  index: number,
  name: string,
  columnOrDefinition: string | LookupFieldDefinition,
): LookupField {
  const definition: LookupFieldDefinition =
    typeof columnOrDefinition === 'string' ? { column: columnOrDefinition } : columnOrDefinition
  const { column, schema, aliases = [], transform } = definition
  const joined = compileJoined(index, name, column, schema, definition, {
    aliases,
    ...(transform && { transform }),
  })
  return { ...joined, field: { ...joined.field, standsFor } }
}

export function compileShownField(
  index: number,
  name: string,
  columnOrDefinition: string | ShownDefinition,
): Joined {
  const definition: ShownDefinition =
    typeof columnOrDefinition === 'string' ? { column: columnOrDefinition } : columnOrDefinition
  return compileJoined(index, name, definition.column, definition.schema, definition, { readOnly: true })
}

function compileJoined(
  index: number,
  name: string,
  column: string,
  schema: TSchema = Type.String(),
  { exported = false, hidden = false, mask }: JoinedDefinition,
  options: FieldDefinition,
): Joined {
  // A row without a reference has no value.
  const optional = Type.Optional(Type.Union([schema, Type.Null()]))
  const field = compileField(name, index, optional, { ...options, hidden, ...(mask && { mask }) })
  return { field, column, exported }
}
