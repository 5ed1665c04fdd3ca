// Fields that a reference brings along: those that a file may have in its place, and those that only an export shows.
import { type TSchema, Type } from '@sinclair/typebox'
import type {
  FieldDefinition,
  JoinedDefinition,
  LookupFieldDefinition,
  ShownDefinition,
} from './definition.ts'
import { compileField, type Field } from './field.ts'

/** A field of an export that comes out of the table referred to. */
export interface Joined {
  readonly field: Field
  readonly column: string
  /** Also in an export that names no fields. */
  readonly exported: boolean
}

/** A field that a file may have in place of one that refers, and the column of the other table that it is found by. */
export type LookupField = Joined

export function compileLookupField(
  standsFor: Field,
  index: number,
  name: string,
  given: string | LookupFieldDefinition,
): LookupField {
  const definition: LookupFieldDefinition = typeof given === 'string' ? { column: given } : given
  const { column, schema, aliases = [], transform } = definition
  const joined = compileJoined(index, name, column, schema, definition, {
    aliases,
    ...(transform && { transform }),
  })
  return { ...joined, field: { ...joined.field, standsFor } }
}

export function compileShownField(index: number, name: string, given: string | ShownDefinition): Joined {
  const definition: ShownDefinition = typeof given === 'string' ? { column: given } : given
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
  // A row that refers to nothing has no value.
  const optional = Type.Optional(Type.Union([schema, Type.Null()]))
  const field = compileField(name, index, optional, { ...options, hidden, ...(mask && { mask }) })
  return { field, column, exported }
}
