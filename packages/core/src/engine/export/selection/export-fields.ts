// Which fields of a resource an export may print, filter by and sort by; and the same fault for every other name.

import type { FaultCode } from '../../../errors/codes.ts'
import { LadingError } from '../../../errors/lading-error.ts'
import { displayNames } from '../../../util/text/names-in-sentences.ts'
import { nearest } from '../../../util/text/suggest.ts'
import type { Resource } from '../../resource/define.ts'
import type { Field } from '../../resource/field.ts'
import { quoteName } from '../../resource/mapping/mapping.ts'
import type { ScalarKind } from '../../resource/schema/column-type.ts'

/** What a field is used for. */
export type FieldUse = 'print' | 'filter' | 'sort' | 'scope'

/** True if values are exported unchanged: neither hidden nor masked. */
export function isShown(field: Field): boolean {
  return !field.hidden && field.mask === undefined
}

/** Kinds with a meaningful order. */
const orderedKinds: ReadonlySet<ScalarKind | 'array'> = new Set<ScalarKind | 'array'>([
  'text',
  'integer',
  'bigint',
  'numeric',
  'float',
  'date',
  'timestamp',
])

export function isOrdered({ type }: Field): boolean {
  return orderedKinds.has(type.kind)
}

/** A filter or an order by a hidden field would reveal its values, request by request. */
const isAllowed: Readonly<Record<FieldUse, (field: Field) => boolean>> = {
  print: field => !field.hidden,
  filter: isShown,
  sort: field => isShown(field) && field.type.kind !== 'json' && field.type.kind !== 'array',
  scope: () => true,
}

/** The fields that allow this use: those of the resource, then those of the tables it refers to. */
export function fieldsFor(resource: Resource, use: FieldUse): readonly Field[] {
  const joined = resource.references.flatMap(reference => reference.joined.map(({ field }) => field))
  return [...resource.fields, ...joined].filter(isAllowed[use])
}

/** The fields of an export without `fields`. */
export function defaultFields({ fields, references }: Resource): readonly Field[] {
  const joined = references.flatMap(reference =>
    reference.joined.filter(({ exported }) => exported).map(({ field }) => field),
  )
  return [...fields, ...joined].filter(isAllowed.print)
}

const endings: Readonly<Record<FieldUse, (resource: string) => string>> = {
  print: resource => `is not a field of ${resource}`,
  filter: resource => `is not a field that ${resource} can be filtered by`,
  sort: resource => `is not a field that ${resource} can be sorted by`,
  scope: resource => `is not a field of ${resource}`,
}

/**
 * Finds a field by name. The fault does not reveal whether a field is unknown or hidden: its message is the same.
 *
 * @throws LadingError `code`, with the names of the known fields
 */
export function fieldFor(resource: Resource, use: FieldUse, name: string, code: FaultCode): Field {
  const fields = fieldsFor(resource, use)
  const found = fields.find(field => field.name === name)
  if (found !== undefined) return found
  const known = fields.map(field => field.name)
  const hint = nearest(name, known)
  throw new LadingError(
    code,
    `"${quoteName(name)}" ${endings[use](resource.name)}${hint ? `; did you mean "${hint}"?` : '.'} Known: ${displayNames(known)}.`,
  )
}
