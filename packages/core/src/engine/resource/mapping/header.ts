// Maps the header names of a file to the fields of a resource, and reports what is missing or wrong.

import { LadingError } from '../../../errors/lading-error.ts'
import { displayNames } from '../../../util/text/names-in-sentences.ts'
import { nearest } from '../../../util/text/suggest.ts'
import type { Resource } from '../define.ts'
import type { Field } from '../field.ts'
import { fieldsByName, knownNames, type Mapping, mappedFields, quoteName } from './mapping.ts'
import { normalizeName } from './spelling.ts'

export { checkMapping } from './mapping.ts'

/** First column of a rejects file. A corrected file may still have it; it is never data. */
export const errorColumn = 'lading_error'

/** A name that no column may have: programs that read the rows as objects would mistake it for their prototype. */
const forbiddenName = '__proto__'

/** Problems that one message lists; a header can have 500 columns. */
const maxNamedProblems = 50

export interface HeaderOptions {
  readonly mapping?: Mapping | undefined
  readonly unknownColumns?: 'warn' | 'error' | undefined
}

export interface HeaderMap {
  /** For each column of the file, the field that it fills; undefined if the column is not imported. */
  readonly columns: readonly (Field | undefined)[]
  /** Minimum cells of a record: cells after the last named column may be left out. */
  readonly minCells: number
  /** Columns that match no field, as the file names them. */
  readonly unknown: readonly string[]
  /** Positions of columns without a name. */
  readonly unnamed: readonly number[]
}

/**
 * Maps the header of a file. Names are compared by `spelling`.
 *
 * @throws LadingError `HEADER_INVALID` naming all problems at once: missing columns, columns that stand for the same
 * field, and unknown or unnamed columns if the options make them errors.
 */
export function mapHeader(
  resource: Resource,
  header: readonly (string | null)[],
  { mapping = {}, unknownColumns = 'warn' }: HeaderOptions = {},
): HeaderMap {
  const byName = fieldsByName(resource)
  const mapped = mappedFields(resource, mapping)
  const names = header.map(cell => (cell ?? '').replace(/^ +| +$/g, ''))
  const spelt = names.map(normalizeName)
  const fields = spelt.map(name => mapped.get(name) ?? byName.get(name))
  const unnamed = [...spelt.keys()].filter(position => spelt[position] === '')
  const unknown = names.filter(
    (_, position) =>
      spelt[position] !== '' && fields[position] === undefined && spelt[position] !== errorColumn,
  )

  const problems = [...problemsOfNames(names, spelt, fields)]
  if (unknownColumns === 'error') {
    for (const position of unnamed) problems.push(`column ${position + 1} has no name`)
    for (const name of new Set(unknown)) {
      problems.push(
        `column "${quoteName(name)}" is unknown${didYouMean(nearest(name, knownNames(resource)))}`,
      )
    }
  }
  const seen = new Set(fields)
  if (!resource.inputs.some(field => seen.has(field) && !field.readOnly)) {
    const importable = resource.inputs.some(field => seen.has(field)) ? ' that can be imported' : ''
    problems.push(`no column has the name of a field${importable}`)
  }
  for (const name of Object.keys(mapping)) {
    if (spelt.includes(normalizeName(name))) continue
    problems.push(
      `column "${quoteName(name)}" of the mapping is missing${didYouMean(nearest(name, unknown))}`,
    )
  }
  for (const field of resource.fields) {
    if (!field.required || isCovered(resource, field, seen)) continue
    problems.push(`column "${field.name}" is missing${didYouMean(nearest(field.name, unknown))}`)
  }
  if (problems.length > 0) throw headerInvalid(resource, problems, hintOf(header))

  const columns = fields.map(field => (field?.readOnly === true ? undefined : field))
  const minCells = spelt.findLastIndex(name => name !== '') + 1
  return { columns, minCells, unknown, unnamed }
}

/** Problems of the names themselves: a forbidden name, or two that stand for one field. */
function* problemsOfNames(
  names: readonly string[],
  spelt: readonly string[],
  fields: readonly (Field | undefined)[],
): Generator<string> {
  const seen = new Map<Field, string>()
  for (const [position, name] of names.entries()) {
    if (spelt[position] === forbiddenName) yield `column "${forbiddenName}" cannot be imported; remove it`
    const field = fields[position]
    if (field === undefined) continue
    const previous = seen.get(field)
    if (previous !== undefined) {
      yield `columns "${quoteName(previous)}" and "${quoteName(name)}" both stand for "${field.name}"`
    }
    seen.set(field, name)
  }
}

/** True if a column fills the field, or a lookup field for it. */
function isCovered({ inputs }: Resource, field: Field, seen: ReadonlySet<Field | undefined>): boolean {
  return seen.has(field) || inputs.some(input => input.standsFor === field && seen.has(input))
}

function didYouMean(name: string | undefined): string {
  return name === undefined ? '' : ` (did you mean "${quoteName(name)}"?)`
}

function headerInvalid({ name, inputs }: Resource, problems: readonly string[], hint: string): LadingError {
  const more = problems.length - maxNamedProblems
  const named = problems.slice(0, maxNamedProblems).join('; ') + (more > 0 ? `; and ${more} more` : '')
  const known = displayNames(inputs.filter(({ hidden }) => !hidden).map(field => field.name))
  return new LadingError(
    'HEADER_INVALID',
    `The header does not fit ${name}: ${named}.${hint} Known columns: ${known}.`,
  )
}

/** A hint at the likely cause: a wrong encoding or delimiter. */
function hintOf(header: readonly (string | null)[]): string {
  if (header.some(cell => cell?.includes('\0'))) {
    return ' The names hold zero bytes, as UTF-16 without a byte order mark does; declare the encoding.'
  }
  const [only] = header
  // A single column that contains another delimiter nearly always means that the file uses that delimiter.
  if (header.length !== 1 || typeof only !== 'string') return ''
  const found = [';', '\t', '|', ','].find(delimiter => only.includes(delimiter))
  if (found === undefined) return ''
  return ` The columns seem to be separated by ${found === '\t' ? 'TAB' : `"${found}"`}; set the delimiter.`
}
