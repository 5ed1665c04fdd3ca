// One random trial: files imported one after the other, each compared with what the naive judge makes of it.
import { gzipSync } from 'node:zlib'
import { expect } from 'vitest'
import type { TestDatabase } from '../../../../test-support/database.ts'
import {
  createImporter,
  type ImportReport,
  importReportOf,
  LadingError,
  type RunOptions,
} from '../../src/index.ts'
import { briefly, exportShaped } from '../support.ts'
import { cut } from './arbitrary.ts'
import { type JudgeOptions, judgeFile } from './naive-judge.ts'
import { type FileFormat, write } from './render.ts'
import { resources } from './resources.ts'
import { type FileRecord, longAgo, made, now, type TableRow, type Value, type World } from './world.ts'

export interface TrialFile extends JudgeOptions {
  readonly format: FileFormat
  readonly records: readonly FileRecord[]
  readonly batchRows: number
  readonly chunkSizes: readonly number[]
  /** The file is sent compressed. */
  readonly gzip?: boolean
  /** On a connection inside a transaction of the caller's. */
  readonly inTransaction?: boolean
}

/** What an import needs to know; of an export, only the format is known. */
type Run = Omit<TrialFile, 'records' | 'format'> & {
  readonly format: Pick<FileFormat, 'name'> & { readonly delimiter?: string; readonly isDeclared?: boolean }
}

/** Imports the files into an empty table, and asserts after each of them. */
export async function runTrial(
  { pool }: TestDatabase,
  world: World,
  files: readonly TrialFile[],
): Promise<void> {
  await pool.query(`truncate ${world.name} restart identity cascade`)
  let table: readonly TableRow[] = []
  for (const file of files) {
    const { bytes, records } = write(world, file.format, file.records)
    const expected = judgeFile(world, table, records, file)
    const before = await idsTaken(pool, world)
    const outcome = await importBytes(pool, world, file, bytes)
    expect({ ...outcome, table: await readTable(pool, world) }).toEqual({
      ...expected,
      table: sorted(expected.table.map(row => mapRow(row, withoutNumber))),
    })
    if (file.dryRun) expect(await idsTaken(pool, world)).toEqual(before)
    table = await forgetTimes(pool, world, expected.table)
  }
  const last = files.at(-1)
  if (last !== undefined) await assertRoundTrip(pool, world, last)
}

/** Exports the table, imports that into an empty one and exports again: nothing may differ. */
async function assertRoundTrip(pool: TestDatabase['pool'], world: World, file: TrialFile): Promise<void> {
  if (world.untangle !== undefined) await pool.query(world.untangle)
  const table = await readTable(pool, world)
  const asked = { resource: world.resource, format: file.format.name, caller: callerOf(world, {}) }
  const first = await exportShaped(pool, asked, resources)
  await pool.query(`truncate ${world.name} restart identity cascade`)
  const asExported = {
    ...file,
    format: { name: file.format.name },
    onConflict: 'error',
    maxErrors: 1,
  } as const
  const { counts } = await importBytes(
    pool,
    world,
    { ...asExported, dryRun: false, inTransaction: false, tenant: undefined },
    first,
  )
  expect(counts).toMatchObject({ inserted: table.length, failed: 0 })
  expect(await readTable(pool, world)).toEqual(table)
  const second = await exportShaped(pool, asked, resources)
  expect(second.toString()).toBe(first.toString())
}

async function importBytes(pool: TestDatabase['pool'], world: World, file: Run, bytes: Buffer) {
  const { format, batchRows, chunkSizes, gzip, inTransaction, onConflict, maxErrors, dryRun, atomic } = file
  const caller = callerOf(world, file)
  const errors: string[] = []
  const client = inTransaction ? await pool.connect() : undefined
  await client?.query('begin')
  const options: RunOptions = {
    resource: world.resource,
    format: format.name,
    source: cut(gzip ? gzipSync(bytes) : bytes, chunkSizes),
    ...(gzip && { compression: 'gzip' }),
    ...(client && { client }),
    caller,
    onError: error => errors.push(...briefly([error])),
    ...(format.isDeclared === true && {
      delimiter: format.delimiter as NonNullable<RunOptions['delimiter']>,
    }),
    onConflict,
    maxErrors,
    dryRun,
    atomic,
  }
  const ran = await createImporter({ pool, resources, batchRows })
    .run(options)
    .then(
      report => ({ fault: undefined, report }),
      (error: unknown) => ({ fault: faultOf(error), report: importReportOf(error) }),
    )
  await client?.query('commit')
  client?.release()
  return { fault: ran.fault, counts: countsOf(ran.report), errors }
}

/** In a world of tenants, an absent caller may see them all. */
function callerOf({ tenant: field }: World, { tenant = 'all' }: Pick<JudgeOptions, 'tenant'>) {
  return field === undefined ? undefined : { tenant }
}

/** The code, and the whole of an unexpected fault. */
function faultOf(error: unknown): unknown {
  const isExpected =
    error instanceof LadingError && /^(?:TOO_MANY_ERRORS|IMPORT_ROLLED_BACK)$/.test(error.code)
  return isExpected ? error.code : error
}

function countsOf(report: ImportReport | undefined) {
  if (report === undefined) return undefined
  const { processed, successful, failed, inserted, updated, ignored, unprocessed } = report
  return { processed, successful, failed, inserted, updated, ignored, unprocessed }
}

/** Every row as the judge writes it: a placeholder stands for values that only the database knows. */
export async function readTable(pool: TestDatabase['pool'], world: World): Promise<readonly TableRow[]> {
  const client = await pool.connect()
  try {
    await client.query("set timezone = 'UTC'")
    const columns = world.columns.map(({ name }) => `${name}::text`)
    const { rows } = await client.query(`select ${columns.join(', ')} from ${world.name}`)
    return sorted(rows.map(row => mapRow(row, plainValue)))
  } finally {
    client.release()
  }
}

function plainValue(name: string, value: Value): Value {
  if ((name === 'id' || name === 'boss_id') && Number(value) >= 1_000_000) return made
  if (name === 'updated_at' && value !== null && value > '2020') return now
  return value
}

/** Which of the made values it is, only the judge knows. */
function withoutNumber(_: string, value: Value): Value {
  return value?.startsWith(`${made}#`) ? made : value
}

function mapRow(row: TableRow, change: (name: string, value: Value) => Value): TableRow {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, change(name, value)]))
}

const sorted = (rows: readonly TableRow[]) =>
  [...rows].sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))

/** Makes all timestamps old, in the table and in the expected rows. */
async function forgetTimes(
  pool: TestDatabase['pool'],
  { name, touched }: World,
  table: readonly TableRow[],
): Promise<readonly TableRow[]> {
  if (touched === undefined) return table
  await pool.query(`update ${name} set ${touched} = '${longAgo}'`)
  return table.map(row => mapRow(row, (column, value) => (column === touched ? longAgo : value)))
}

/** How far the sequences of a database have come. */
async function idsTaken(pool: TestDatabase['pool'], { name }: World): Promise<unknown> {
  const { rows } = await pool.query(
    `select sequencename, last_value from pg_sequences where sequencename like '${name}%' order by 1`,
  )
  return rows
}
