// The requested rows and fields of a resource → the checked selection. Uses the resource alone, without a database.
import { optionInvalid, pickOptions } from '../../../config/check-options.ts'
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

export interface ParsedSelection {
  readonly resource: Resource
  readonly tests: readonly FieldTest[]
  readonly fields: readonly Field[]
  readonly sort: readonly SortKey[]
  readonly limit: number | undefined
}

/** More than any sensible request needs; without a limit, one request could make the database plan for minutes. */
const maximum = { filters: 20, values: 1_000 }

/** @throws LadingError `FILTER_INVALID`, `OPTION_INVALID` naming the field or the option */
export function readSelection(resource: Resource, requested: Selection): ParsedSelection {
  const { filters = {}, fields, sort, limit } = pickOptions(selectionSchema, requested)
  const tests = readFilters(resource, filters, 'filter')
  assertWithinLimits(tests)
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
    // Before parsing any filter: a request may contain a million.
    const [excess] = entries[maximum.filters] ?? []
    if (excess !== undefined) throw tooMany(excess)
    const long = entries.find(([, filter]) => isTooLong(filter))
    if (long !== undefined) throw tooManyValues(long[0])
  }
  return entries.flatMap(([name, filter]) =>
    readFilter(fieldFor(resource, use, name, 'FILTER_INVALID'), filter),
  )
}

function isTooLong(filter: unknown): boolean {
  if (Array.isArray(filter)) return filter.length > maximum.values
  if (typeof filter !== 'object' || filter === null || !('in' in filter)) return false
  return Array.isArray(filter.in) && filter.in.length > maximum.values
}

function assertWithinLimits(tests: readonly FieldTest[]): void {
  let values = 0
  for (const [position, test] of tests.entries()) {
    values += test.test === 'in' ? test.values.length : 1
    if (position >= maximum.filters) throw tooMany(test.field.name)
    if (values > maximum.values) throw tooManyValues(test.field.name)
  }
}

function tooMany(name: string): LadingError {
  return filterInvalid(
    { name: name.slice(0, 100) },
    `is one too many; at most ${maximum.filters} are allowed`,
  )
}

function tooManyValues(name: string): LadingError {
  return filterInvalid(
    { name: name.slice(0, 100) },
    `has too many values; all filters together may have ${maximum.values}`,
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
  return names.map(entry => {
    const isDescending = entry.startsWith('-')
    const name = isDescending ? entry.slice(1) : entry
    const field = fieldFor(resource, 'sort', name, 'OPTION_INVALID')
    if (seen.has(field)) throw optionInvalid(`The option "sort" names "${name}" twice.`)
    seen.add(field)
    return { field, isDescending }
  })
}
