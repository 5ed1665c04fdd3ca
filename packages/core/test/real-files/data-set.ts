// One real file: what a user writes to import it, and what an independent reader finds in it.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { ImportOptions, Resource } from '../../src/index.ts'
import type { Kind } from './kinds.ts'

export interface DataSet {
  /** What this file has that others have not: the name of its test. */
  readonly teaches: string
  readonly table: string
  /** The bytes as the package ships them; where the package ships another shape, as this set reshapes them. */
  bytes(): Buffer
  readonly format: 'csv' | 'ndjson' | 'json'
  readonly settings?: Pick<ImportOptions, 'compression' | 'delimiter' | 'mapping'>
  /** Creates the table, and any type it needs. */
  readonly sql: string
  readonly resource: Resource
  /** Every field, in the order of the schema, and what its column holds. */
  readonly columns: Readonly<Record<string, Kind | { readonly kind: Kind; readonly column: string }>>
  /** What must become of each record, in the order of the file. Read without Lading. */
  expected(): readonly Expected[]
  /** Columns that no field answers to. */
  readonly unknown?: readonly string[]
  /** Imported first: what this one refers to. */
  readonly before?: DataSet
  /** Only part of `npm run test:real-files`. */
  readonly isLarge?: true
}

export type Values = Readonly<Record<string, unknown>>

/** Either what the table must hold, or why the record must not be in it. */
export type Expected = { readonly values: Values } | { readonly errors: readonly string[] }

export const kept = (values: Values): Expected => ({ values })

/** @param errors each `<field> <CODE>`; `* <CODE>` where the field is not the point */
export const rejected = (...errors: readonly string[]): Expected => ({ errors })

const require = createRequire(import.meta.url)

/** A file of a package. `path` starts with the name of the package. */
export function fileOf(name: string, path: string): Buffer {
  return readFileSync(join(folderOf(name), path))
}

/** Some packages export neither their data nor their package.json, so the folder is looked for on disk. */
function folderOf(name: string): string {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      readFileSync(join(folder, name, 'package.json'))
      return dirname(join(folder, name, 'package.json'))
    } catch {
      // In the next one.
    }
  }
  throw new Error(`The package ${name} is not installed; run "npm run setup".`)
}

/** Marks every record whose key came before: the first one stays. */
export function withoutTwins(
  records: readonly Expected[],
  keyOf: (values: Values) => string,
  code: string,
): readonly Expected[] {
  const seen = new Set<string>()
  return records.map(record => {
    if (!('values' in record)) return record
    const key = keyOf(record.values)
    if (seen.has(key)) return rejected(`* ${code}`)
    seen.add(key)
    return record
  })
}
