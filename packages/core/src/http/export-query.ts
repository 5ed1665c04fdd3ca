// The query of an export → its options, and filters on fields.
import type { Static } from '@sinclair/typebox'
import { notYet } from './not-yet.ts'
import { queryPairs, readOptions } from './parameters.ts'
import { exportOptions } from './schemas.ts'

export interface ExportQuery {
  readonly options: Static<typeof exportOptions>
  /** Whether the fields exist is the exporter's to say: it knows the table. */
  readonly filters: Readonly<Record<string, string>>
}

/** Reaches a field whose name is also the name of an option. */
const prefix = 'filter.'

/** @throws LadingError `OPTION_INVALID`; `NOT_IMPLEMENTED` for ranges and several values */
export function readExportQuery(rawQuery: string): ExportQuery {
  const pairs = queryPairs(rawQuery)
  if (pairs.some(([name]) => name === 'resources')) throw notYet('An export of several resources')
  const isOption = ([name]: readonly [string, string]) => Object.hasOwn(exportOptions.properties, name)
  const filters = new Map<string, string>()
  for (const [given, value] of pairs.filter(pair => !isOption(pair))) {
    const name = given.startsWith(prefix) ? given.slice(prefix.length) : given
    if (/\.(gte?|lte?)$|\[/.test(name)) throw notYet(`The range "${given.slice(0, 100)}"`)
    if (filters.has(name)) throw notYet(`More than one value of "${given.slice(0, 100)}"`)
    filters.set(name, value)
  }
  return { options: readOptions(exportOptions, pairs.filter(isOption)), filters: Object.fromEntries(filters) }
}
