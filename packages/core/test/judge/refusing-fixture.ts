// A database with the table that rejects rows, and imports into it by a role to which row-level security applies.
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import {
  createImporter,
  type ImportReport,
  importReportOf,
  LadingError,
  type RecordError,
  type Resource,
  type RunOptions,
} from '../../src/index.ts'
import { bytes } from '../support.ts'
import { bookings, bookingsDdl, type Shape } from './refusing-table.ts'

export interface RefusingFixture {
  readonly database: TestDatabase
  /** Imports objects as NDJSON, in batches of 5,000 unless said otherwise. */
  run(
    file: readonly object[],
    options?: Partial<RunOptions> & { readonly batchRows?: number },
  ): Promise<Outcome>
  drop(): Promise<void>
}

export interface Outcome {
  /** Inserted, updated, ignored, failed. */
  readonly counts: readonly number[]
  readonly errors: readonly RecordError[]
  readonly report: ImportReport
  /** Code of the fault that ended the run. */
  readonly fault: string | undefined
}

export async function openBookings(shape: Shape): Promise<RefusingFixture> {
  const database = await createDatabase()
  await database.pool.query(bookingsDdl(shape))
  const restrictedRole = await poolOfRestrictedRole(database)
  return {
    database,
    async run(file, { batchRows = 5_000, ...options } = {}) {
      const errors: RecordError[] = []
      const importer = createImporter<Resource>({
        pool: restrictedRole.pool,
        resources: [bookings],
        batchRows,
      })
      let fault: string | undefined
      const report = await importer
        .run({
          resource: 'bookings',
          format: 'ndjson',
          source: bytes(file.map(record => `${JSON.stringify(record)}\n`).join('')),
          onError: error => errors.push(error),
          ...options,
        })
        .catch((error: unknown) => {
          const found = importReportOf(error)
          if (!(error instanceof LadingError) || found === undefined) throw error
          fault = error.code
          return found
        })
      const { inserted, updated, ignored, failed } = report
      return { counts: [inserted, updated, ignored, failed], errors, report, fault }
    },
    async drop() {
      await restrictedRole.drop()
      await database.drop()
    },
  }
}

/** A pool whose connections obey row-level security, which owners of tables and superusers do not. */
async function poolOfRestrictedRole({
  pool: admin,
  url,
}: TestDatabase): Promise<{ pool: pg.Pool; drop(): Promise<void> }> {
  const role = `lading_test_${randomBytes(6).toString('hex')}`
  await admin.query(`
    create role ${role};
    grant select, insert, update on all tables in schema public to ${role};
    grant usage, select on all sequences in schema public to ${role}`)
  const pool = new pg.Pool({ connectionString: url, max: 2, options: `-c role=${role}` })
  pool.on('error', () => undefined)
  return {
    pool,
    async drop() {
      await pool.end()
      await admin.query(`drop owned by ${role}; drop role ${role}`)
    },
  }
}
