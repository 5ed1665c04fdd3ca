// What was asked of a resource → what is wanted of it, judged by the resource alone: nothing is asked of a database.
import { checkOptions, optionInvalid } from '../../../config/check-options.ts'
import type { LadingError } from '../../../errors/lading-error.ts'
import type { Resource } from '../../resource/define.ts'
import type { Filters } from '../../resource/definition.ts'
import type { Field } from '../../resource/field.ts'
import type { Selection } from '../exporter-options.ts'
import { defaultFields, type FieldUse, fieldFor } from './export-fields.ts'
import { type FieldTest, filterInvalid, readFilter } from './filter.ts'
import { selectionSchema } from './selection-schema.ts'

export interface SortKey {
  readonly field: Field
  readonly isDescending: boolean
}

export interface Wanted {
  readonly resource: Resource
  readonly tests: readonly FieldTest[]
  readonly fields: readonly Field[]
  readonly sort: readonly SortKey[]
  readonly limit: number | undefined
}

/** More than anybody means; without a limit, one request could make the database plan for minutes. */
const most = { filters: 20, values: 1_000 }

/** @throws LadingError `FILTER_INVALID`, `OPTION_INVALID` naming the field or the option */
export function readSelection(resource: Resource, asked: Selection): Wanted {
  const {
    filters = {},
    fields,
    sort,
    limit,
  } = checkOptions(selectionSchema, {
    resource: asked.resource,
    filters: asked.filters,
    fields: asked.fields,
    sort: asked.sort,
    limit: asked.limit,
  })
  const tests = readFilters(resource, filters, 'filter')
  assertFew(tests)
  return {
    resource,
    tests,
    fields: fields === undefined ? defaultFields(resource) : readFields(resource, fields),
    sort: sort === undefined ? [] : readSort(resource, sort),
    limit,
  }
}

/** @throws LadingError `FILTER_INVALID` */
export function readFilters(resource: Resource, filters: Filters, use: FieldUse): readonly FieldTest[] {
  const entries = Object.entries(filters)
  if (use === 'filter') {
    // Before any of them is parsed: a request may hold a million.
    const [beyond] = entries[most.filters] ?? []
    if (beyond !== undefined) throw tooMany(beyond)
    const long = entries.find(([, asked]) => isTooLong(asked))
    if (long !== undefined) throw tooManyValues(long[0])
  }
  return entries.flatMap(([name, asked]) =>
    readFilter(fieldFor(resource, use, name, 'FILTER_INVALID'), asked),
  )
}

function isTooLong(asked: unknown): boolean {
  if (Array.isArray(asked)) return asked.length > most.values
  if (typeof asked !== 'object' || asked === null || !('in' in asked)) return false
  return Array.isArray(asked.in) && asked.in.length > most.values
}

function assertFew(tests: readonly FieldTest[]): void {
  let values = 0
  for (const [position, test] of tests.entries()) {
    values += test.test === 'in' ? test.values.length : 1
    if (position >= most.filters) throw tooMany(test.field.name)
    if (values > most.values) throw tooManyValues(test.field.name)
  }
}

function tooMany(name: string): LadingError {
  return filterInvalid({ name: name.slice(0, 100) }, `is one too many; at most ${most.filters} are taken`)
}

function tooManyValues(name: string): LadingError {
  return filterInvalid(
    { name: name.slice(0, 100) },
    `has too many values; all filters together may have ${most.values}`,
  )
}

function readFields(resource: Resource, names: readonly string[]): readonly Field[] {
  if (names.length === 0) throw optionInvalid('The option "fields" must name at least one field.')
  const seen = new Set<Field>()
  for (const name of names) {
    const field = fieldFor(resource, 'print', name, 'OPTION_INVALID')
    if (seen.has(field)) throw optionInvalid(`The option "fields" names "${name}" twice.`)
    seen.add(field)
  }
  return [...seen]
}

function readSort(resource: Resource, sort: string | readonly string[]): readonly SortKey[] {
  const names = typeof sort === 'string' ? sort.split(',') : sort
  if (names.length === 0) throw optionInvalid('The option "sort" must name at least one field.')
  const seen = new Set<Field>()
  return names.map(given => {
    const isDescending = given.startsWith('-')
    const name = isDescending ? given.slice(1) : given
    const field = fieldFor(resource, 'sort', name, 'OPTION_INVALID')
    if (seen.has(field)) throw optionInvalid(`The option "sort" names "${name}" twice.`)
    seen.add(field)
    return { field, isDescending }
  })
}
