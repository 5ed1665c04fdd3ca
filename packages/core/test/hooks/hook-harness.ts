// What the suite over all hooks works with: a table, imports and exports, and a service, each used once with the hook in it.
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { createReferenceDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import {
  createExporter,
  createImporter,
  type ExporterOptions,
  type ImporterOptions,
  LadingError,
  type RunOptions,
  type StreamOptions,
} from '../../src/index.ts'
import { type ServiceHarness, serviceHarness } from './service-harness.ts'
import { caller, file, type Outcome, type Things, things } from './things.ts'

interface Parts {
  readonly resource?: Partial<Things>
  readonly importer?: Partial<ImporterOptions>
  readonly exporter?: Partial<ExporterOptions>
  readonly run?: Partial<RunOptions>
  readonly stream?: Partial<StreamOptions>
}

export interface HookHarness extends ServiceHarness {
  readonly database: TestDatabase
  drop(): Promise<void>
  /** Puts the table back to what it was. */
  reset(): Promise<void>
  /** An import of three records, in batches of one. */
  importing(parts: Parts): Promise<Outcome>
  /** An export of the one row, or a bundle with it. */
  exporting(parts: Parts, open?: (exporter: ReturnType<typeof createExporter>) => Readable): Promise<Outcome>
}

export async function hookBed(hookTimeoutSeconds: number): Promise<HookHarness> {
  const database = await createReferenceDatabase()
  const { pool } = database
  await pool.query('create table things (id int primary key, name text, tags text[])')
  return {
    ...serviceHarness(pool, hookTimeoutSeconds),
    database,
    drop: () => database.drop(),
    async reset() {
      await pool.query(`truncate things; insert into things values (7, 'old', '{z}')`)
    },
    async importing({ resource = {}, importer, run }) {
      const own = createImporter({
        pool,
        resources: [things(resource)],
        batchRows: 1,
        hookTimeoutSeconds,
        ...importer,
      })
      const source = Buffer.from(file)
      return outcome(async () => {
        const report = await own.run({ resource: 'things', format: 'csv', source, caller, ...run })
        const { rows } = await pool.query(
          `select concat_ws(' ', id, name, tags) as row from things where id <> 7 order by id`,
        )
        const { processed, successful, failed, errorsByCode } = report
        return {
          rows: rows.map(({ row }) => row),
          report: { processed, successful, failed, errorsByCode },
          errors: report.errors.map(({ rowNumber, field, code, value }) => ({
            rowNumber,
            field,
            code,
            value,
          })),
        }
      })
    },
    async exporting({ resource = {}, exporter, stream }, open) {
      const own = createExporter({ pool, resources: [things(resource)], hookTimeoutSeconds, ...exporter })
      return outcome(async () => {
        const printed = open?.(own) ?? own.stream({ resource: 'things', format: 'ndjson', caller, ...stream })
        const bytes = await buffer(printed)
        return open === undefined ? bytes.toString() : bytes.length > 100
      })
    },
  }
}

async function outcome(work: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { code: undefined, reported: '', log: [], result: await work() }
  } catch (error) {
    if (!(error instanceof LadingError)) throw error
    return { code: error.code, reported: error.message, log: [error], result: undefined }
  }
}
