// Header names ↔ fields: maps what a file calls its columns to the fields of a resource, and says what is missing.
import { LadingError } from '../errors/lading-error.ts'
import { nearest } from '../util/suggest.ts'
import type { Resource } from './define.ts'
import type { Field } from './field.ts'
import { fieldsByName, knownNames, type Mapping, mappedFields, shown, spelling } from './mapping.ts'

export { checkMapping } from './mapping.ts'

/** First column of a rejects file, which a corrected file may still carry: it is never data. */
export const errorColumn = 'lading_error'

/** Names that no column may have: some program behind the table would take them for a part of the object. */
const forbiddenName = '__proto__'

/** Problems that a sentence holds; a header can have 500 columns. */
const namedProblems = 50

export interface HeaderOptions {
  readonly mapping?: Mapping | undefined
  readonly unknownColumns?: 'warn' | 'error' | undefined
}

export interface HeaderMap {
  /** For each column of the file the field it fills, or undefined where the column is not imported. */
  readonly columns: readonly (Field | undefined)[]
  /** Columns that no field answers to, as the file names them. */
  readonly unknown: readonly string[]
  /** The columns are all the fields, in their order. */
  readonly isInOrder: boolean
}

/**
 * Maps the header of a file. Names are trimmed and compared without regard to case.
 *
 * @throws LadingError `HEADER_INVALID` naming every empty, repeated or missing column at once, and every unknown
 * one if the options say so.
 */
export function mapHeader(
  resource: Resource,
  header: readonly (string | null)[],
  { mapping = {}, unknownColumns = 'warn' }: HeaderOptions = {},
): HeaderMap {
  const byName = fieldsByName(resource)
  const mapped = mappedFields(resource, mapping)
  const names = header.map(cell => (cell ?? '').trim())
  const fields = names.map(name => mapped.get(spelling(name)) ?? byName.get(spelling(name)))
  const unknown = names.filter(
    (name, position) => name !== '' && fields[position] === undefined && spelling(name) !== errorColumn,
  )

  const problems = [...problemsOfNames(names, fields)]
  if (unknownColumns === 'error') {
    for (const name of unknown) {
      problems.push(`column "${shown(name)}" is unknown${didYouMean(nearest(name, knownNames(resource)))}`)
    }
  }
  const seen = new Set(fields)
  if (!resource.inputs.some(field => seen.has(field))) problems.push('no column has the name of a field')
  for (const name of Object.keys(mapping)) {
    if (names.some(one => spelling(one) === spelling(name))) continue
    problems.push(`column "${shown(name)}" of the mapping is missing${didYouMean(nearest(name, unknown))}`)
  }
  for (const field of resource.fields) {
    if (!field.required || isGiven(resource, field, seen)) continue
    problems.push(`column "${field.name}" is missing${didYouMean(nearest(field.name, unknown))}`)
  }
  if (problems.length > 0) throw headerInvalid(resource, problems, hintOf(header))

  const columns = fields.map(field => (field?.readOnly === true ? undefined : field))
  const isInOrder =
    columns.length === resource.fields.length && columns.every((field, index) => field?.index === index)
  return { columns, unknown, isInOrder }
}

/** What is wrong with the names by themselves: empty, forbidden, or two that are one. */
function* problemsOfNames(
  names: readonly string[],
  fields: readonly (Field | undefined)[],
): Generator<string> {
  /** Column names by the field they stand for, and by themselves where they stand for none. */
  const seen = new Map<Field | string, string>()
  for (const [position, name] of names.entries()) {
    if (name === '') {
      yield `column ${position + 1} has no name`
      continue
    }
    if (spelling(name) === forbiddenName) yield `column "${forbiddenName}" cannot be imported; remove it`
    const field = fields[position]
    const twin = seen.get(field ?? spelling(name))
    if (twin !== undefined) {
      yield field === undefined
        ? `column "${shown(name)}" is there twice`
        : `columns "${twin}" and "${name}" both stand for "${field.name}"`
    }
    seen.set(field ?? spelling(name), name)
  }
}

/** A column fills the field, or one that stands for it. */
function isGiven({ inputs }: Resource, field: Field, seen: ReadonlySet<Field | undefined>): boolean {
  return seen.has(field) || inputs.some(input => input.standsFor === field && seen.has(input))
}

function didYouMean(name: string | undefined): string {
  return name === undefined ? '' : ` (did you mean "${name}"?)`
}

function headerInvalid({ name, inputs }: Resource, problems: readonly string[], hint: string): LadingError {
  const more = problems.length - namedProblems
  const named = problems.slice(0, namedProblems).join('; ') + (more > 0 ? `; and ${more} more` : '')
  const known = inputs
    .filter(({ hidden }) => !hidden)
    .map(field => field.name)
    .join(', ')
  return new LadingError(
    'HEADER_INVALID',
    `The header does not fit ${name}: ${named}.${hint} Known columns: ${known}.`,
  )
}

/** What the file may be instead, where its header looks like it. */
function hintOf(header: readonly (string | null)[]): string {
  if (header.some(cell => cell?.includes('\0'))) {
    return ' The names hold zero bytes, as UTF-16 without a byte order mark does; declare the encoding.'
  }
  const [only] = header
  // One column that holds another delimiter is nearly always a file with another delimiter.
  if (header.length !== 1 || typeof only !== 'string') return ''
  const found = [';', '\t', '|', ','].find(delimiter => only.includes(delimiter))
  if (found === undefined) return ''
  return ` The columns seem to be separated by ${found === '\t' ? 'TAB' : `"${found}"`}; set the delimiter.`
}
