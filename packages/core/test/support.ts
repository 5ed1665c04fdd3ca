// What the tests of the pipelines share: importers and exporters of the reference resources, and rows to compare.
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import project from '../../../examples/reference-server/lading.config.ts'
import {
  createExporter,
  createImporter,
  type ImportReport,
  type RecordError,
  type Resource,
  type StreamOptions,
} from '../src/index.ts'

export const { resources } = project

export interface ImportResult {
  readonly report: ImportReport
  /** Every record error, also those that the report leaves out. */
  readonly errors: readonly RecordError[]
}

/** Imports a file or text, and collects every error. */
export async function importFile(
  pool: pg.Pool,
  resource: string,
  format: string,
  source: string | Uint8Array,
  options: { batchRows?: number; resources?: readonly Resource[] } = {},
): Promise<ImportResult> {
  const { resources: own = resources, ...limits } = options
  const errors: RecordError[] = []
  const report = await createImporter({ pool, resources: own, ...limits }).run({
    resource,
    format,
    source: typeof source === 'string' ? createReadStream(source) : source,
    onError: error => errors.push(error),
  })
  return { report, errors }
}

export const bytes = (text: string): Buffer => Buffer.from(text)

/** A whole export. */
export async function exportFile(
  pool: pg.Pool,
  resource: string,
  format: string,
  filters: Readonly<Record<string, unknown>> = {},
  own: readonly Resource[] = resources,
): Promise<Buffer> {
  return buffer(createExporter({ pool, resources: own }).stream({ resource, format, filters }))
}

/** A whole export, of any shape. */
export function exportShaped(
  pool: pg.Pool,
  options: StreamOptions,
  own: readonly Resource[] = resources,
): Promise<Buffer> {
  return buffer(createExporter({ pool, resources: own }).stream(options))
}

/** Every row of a table as JSON text, in the order of its primary key. */
export async function rowsOf(pool: pg.Pool, table: string, order = 'id'): Promise<readonly string[]> {
  const client = await pool.connect()
  try {
    await client.query("set timezone = 'UTC'")
    const { rows } = await client.query({
      text: `select t::text from ${table} t order by ${order}`,
      rowMode: 'array',
    })
    return rows.map(([text]) => String(text))
  } finally {
    client.release()
  }
}

/** Row number, field and code of each error, to be compared with what was planted. */
export function briefly(errors: readonly RecordError[]): readonly string[] {
  return errors.map(({ rowNumber, field, code }) => `${rowNumber} ${field} ${code}`)
}

/** The folder of real data, and why tests that need it are skipped where it is not given. */
export const realData = process.env.LADING_REAL_DATA
export const usersHuge = join(realData ?? '', 'users_huge.csv')

export const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url))
