// Real data files that packages ship: each record is in the table as the file has it, or rejected for the reason it gives.
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { createExporter, createImporter, type ImportReport, type RecordError } from '../../src/index.ts'
import type { DataSet, Expected, Values } from './data-set.ts'
import { type Kind, readJson, readText } from './kinds.ts'
import { readCsv, readNdjson } from './readers.ts'
import { dataSets } from './sets.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())

const isLong = process.env.LADING_REAL_FILES === 'all'
/** Files with more are neither tried nor imported again, unless all is asked for. */
const manyRecords = 5_000

describe('Real data files', () => {
  test.each(
    dataSets.filter(({ isLarge }) => isLong || !isLarge).map(set => [set.table, set.teaches, set] as const),
  )('%s: %s', async (_table, _teaches, set) => {
    await database.pool.query('drop schema public cascade; create schema public')
    if (set.before !== undefined) {
      await database.pool.query(set.before.sql)
      await importFile(set.before, set.before.bytes())
    }
    await database.pool.query(set.sql)
    const expected = set.expected()
    const rows = sorted(expected.flatMap(record => ('values' in record ? [record.values] : [])))
    const faults = faultsOf(set, expected)

    const isThorough = isLong || expected.length <= manyRecords
    if (isThorough) {
      const tried = await importFile(set, set.bytes(), { dryRun: true })
      expect(faultsFound(tried.errors, faults)).toEqual(faults)
      expect(await tableOf(set)).toEqual([])
    }

    const { report, errors } = await importFile(set, set.bytes())
    expect(faultsFound(errors, faults)).toEqual(faults)
    expect(report).toMatchObject({
      processed: expected.length,
      successful: rows.length,
      failed: expected.length - rows.length,
      inserted: rows.length,
      unprocessed: 0,
    })
    expect(unknownOf(report)).toEqual(set.unknown ?? [])
    expect(await tableOf(set)).toEqual(rows)

    const csv = await exportFile(set, 'csv')
    expect(
      sorted(readCsv(csv).map(cells => valuesOf(set, kind => name => readText(kind, cells[name] ?? null)))),
    ).toEqual(rows)
    const ndjson = await exportFile(set, 'ndjson')
    expect(
      sorted(
        readNdjson(ndjson).map(object => valuesOf(set, kind => name => readJson(kind, object[name] ?? null))),
      ),
    ).toEqual(rows)

    if (!isThorough) return
    // Crosswise, so that each file also becomes one of the other kind.
    const other = set.format === 'csv' ? 'ndjson' : 'csv'
    await database.pool.query(`truncate "${set.table}"`)
    const file = other === 'csv' ? csv : ndjson
    const again = await importFile({ ...set, format: other, settings: {} }, file)
    expect(again.errors).toEqual([])
    expect(await tableOf(set)).toEqual(rows)
  })
})

interface Imported {
  readonly report: ImportReport
  readonly errors: readonly RecordError[]
}

async function importFile(
  { resource, format, settings, before }: DataSet,
  source: Buffer,
  options: { dryRun?: boolean } = {},
): Promise<Imported> {
  const errors: RecordError[] = []
  const resources = before === undefined ? [resource] : [before.resource, resource]
  const importer = createImporter({ pool: database.pool, resources })
  const report = await importer.run({
    resource: resource.name,
    format,
    source,
    ...settings,
    ...options,
    onError: error => errors.push(error),
  })
  return { report, errors }
}

function exportFile({ resource }: DataSet, format: string): Promise<Buffer> {
  const exporter = createExporter({ pool: database.pool, resources: [resource] })
  return buffer(exporter.stream({ resource: resource.name, format }))
}

/** The values of a record by the names of its fields. */
function valuesOf({ columns }: DataSet, read: (kind: Kind) => (field: string) => unknown): Values {
  return Object.fromEntries(
    Object.entries(columns).map(([field, column]) => [
      field,
      read(typeof column === 'string' ? column : column.kind)(field),
    ]),
  )
}

/** The table as PostgreSQL prints it: the driver parses nothing. */
async function tableOf(set: DataSet): Promise<readonly string[]> {
  const client = await database.pool.connect()
  try {
    await client.query("set timezone = 'UTC'")
    const names = Object.entries(set.columns).map(
      ([field, column]) => `"${typeof column === 'string' ? field : column.column}"::text as "${field}"`,
    )
    const { rows } = await client.query(`select ${names.join(', ')} from "${set.table}"`)
    return sorted(rows.map(row => valuesOf(set, kind => name => readText(kind, row[name]))))
  } finally {
    client.release(true)
  }
}

/** A line for each row, sorted: tables have no order, and not all files have a key. */
function sorted(rows: readonly Values[]): readonly string[] {
  return rows.map(row => JSON.stringify(row, inOrder)).sort()
}

/** jsonb has its own order of keys. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** `<row> <field> <CODE>` of each error that must come. */
function faultsOf({ format }: DataSet, expected: readonly Expected[]): readonly string[] {
  // The header of a CSV file is row 1.
  const first = format === 'csv' ? 2 : 1
  return expected.flatMap((record, index) =>
    'errors' in record ? record.errors.map(error => `${index + first} ${error}`) : [],
  )
}

/** The same of the errors that came; `*` for the field where that is not the point. */
function faultsFound(errors: readonly RecordError[], expected: readonly string[]): readonly string[] {
  const known = new Set(expected)
  return errors.map(({ rowNumber, field, code }) => {
    const open = `${rowNumber} * ${code}`
    return known.has(open) ? open : `${rowNumber} ${field} ${code}`
  })
}

function unknownOf({ warnings }: ImportReport): readonly string[] {
  return warnings
    .filter(({ code }) => code === 'UNKNOWN_COLUMN')
    .map(({ detail }) => /"(.*?)"/.exec(detail)?.[1] ?? detail)
}
