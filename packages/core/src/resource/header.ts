// Header names ↔ fields: maps what a file calls its columns to the fields of a resource, and says what is missing.
import { LadingError } from '../errors/lading-error.ts'
import { nearest } from '../util/suggest.ts'
import type { Resource } from './define.ts'
import type { Field } from './field.ts'

/** First column of a rejects file, which a corrected file may still carry: it is never data. */
export const errorColumn = 'lading_error'

export interface HeaderMap {
  /** For each column of the file the field it fills, or undefined where the column is not imported. */
  readonly columns: readonly (Field | undefined)[]
  /** Columns that no field answers to, as the file names them. */
  readonly unknown: readonly string[]
  /** The columns are all the fields, in their order. */
  readonly isInOrder: boolean
}

/** Field by any of its names, in lower case. A Map, so that `constructor` is an unknown name like any other. */
export function fieldsByName(resource: Resource): ReadonlyMap<string, Field> {
  const byName = new Map<string, Field>()
  for (const field of resource.fields) {
    for (const name of [field.name, ...field.aliases]) byName.set(name.toLowerCase(), field)
  }
  return byName
}

/**
 * Maps the header of a file. Names are trimmed and compared without regard to case.
 *
 * @throws LadingError `HEADER_INVALID` naming every empty, repeated or missing column at once.
 */
export function mapHeader(resource: Resource, header: readonly (string | null)[]): HeaderMap {
  const byName = fieldsByName(resource)
  const problems: string[] = []
  const unknown: string[] = []
  const seen = new Map<Field, string>()

  const columns = header.map((cell, position) => {
    const name = (cell ?? '').trim()
    if (name === '') problems.push(`column ${position + 1} has no name`)
    const field = byName.get(name.toLowerCase())
    if (field === undefined) {
      if (name !== '' && name.toLowerCase() !== errorColumn) unknown.push(name)
      return undefined
    }
    const twin = seen.get(field)
    if (twin !== undefined) problems.push(`columns "${twin}" and "${name}" both stand for "${field.name}"`)
    seen.set(field, name)
    return field.readOnly ? undefined : field
  })

  if (seen.size === 0) problems.push('no column has the name of a field')
  for (const field of resource.fields) {
    if (!field.required || seen.has(field)) continue
    const hint = nearest(field.name, unknown)
    problems.push(`column "${field.name}" is missing${hint ? ` (did you mean "${hint}"?)` : ''}`)
  }
  if (problems.length > 0) {
    const expected = resource.fields.map(field => field.name).join(', ')
    throw new LadingError(
      'HEADER_INVALID',
      `The header does not fit ${resource.name}: ${problems.join('; ')}.${delimiterHint(header)} Known columns: ${expected}.`,
    )
  }
  const isInOrder =
    columns.length === resource.fields.length && columns.every((field, index) => field?.index === index)
  return { columns, unknown, isInOrder }
}

/** One column that holds another delimiter is nearly always a file with another delimiter. */
function delimiterHint(header: readonly (string | null)[]): string {
  const [only] = header
  if (header.length !== 1 || typeof only !== 'string') return ''
  const found = [';', '\t', '|', ','].find(delimiter => only.includes(delimiter))
  if (found === undefined) return ''
  return ` The columns seem to be separated by ${found === '\t' ? 'TAB' : `"${found}"`}; set the delimiter.`
}
