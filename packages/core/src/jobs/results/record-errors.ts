// Record errors of a job: pages as ranges of keys, and the whole list page by page.
import type { RecordError } from '../../errors/record-error.ts'
import { type Pool, withClient } from '../../postgres/pool/checkout.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'
import { ErrorCounts, type ErrorFilter } from '../store/error-counts.ts'
import type { JobRow } from '../store/job-row.ts'

/** Errors in memory at a time while the whole list is read. */
const streamedPageSize = 2_000

export interface ErrorPage {
  /** By row number, then in the order of the rules; stable between pages. */
  readonly errors: readonly RecordError[]
  /** Number of matching errors, including those that are not stored. */
  readonly total: number
  /** Number of stored errors of the job, which can be listed: the first ones. */
  readonly stored: number
}

interface PageQuery extends ErrorFilter {
  readonly limit: number
  readonly offset: number
}

/** Reads a range of keys, so every page costs the same. */
export async function errorPage(
  pool: Pool,
  job: JobRow,
  { limit, offset, ...filter }: PageQuery,
): Promise<ErrorPage> {
  const list = listOf(job, filter)
  return {
    errors: await range(pool, list, offset, offset + limit),
    total: list.total,
    stored: Number(job.stored_errors),
  }
}

/** Yields every error stored at the time of the call, in the order of the pages. */
export async function* allErrors(
  pool: Pool,
  job: JobRow,
  filter: ErrorFilter = {},
): AsyncGenerator<readonly RecordError[]> {
  const list = listOf(job, filter)
  const total = Math.min(list.total, Number(job.stored_errors))
  for (let after = 0; after < total; after += streamedPageSize) {
    const found = await range(pool, list, after, Math.min(total, after + streamedPageSize))
    if (found.length > 0) yield found
  }
}

/** Returns some of the stored errors after a number, in the order of the file. */
export async function errorsAfter(
  pool: Pool,
  { id, tenant }: JobRow,
  after: number,
): Promise<(RecordError & { readonly number: string })[]> {
  const sql = `select number, ${columns} from lading.record_errors
    where job_id = $1 and tenant = $2 and number > $3 and number <= $4 order by number`
  return query(pool, sql, [id, tenant, after, after + streamedPageSize])
}

interface ErrorList {
  readonly where: string
  readonly values: readonly string[]
  /** The column that numbers these errors from 1, without gaps. */
  readonly place: 'number' | 'of_code' | 'of_field' | 'of_both'
  /** Number of errors, of which the first are stored. */
  readonly total: number
}

function listOf(job: JobRow, { code, field }: ErrorFilter): ErrorList {
  const total =
    code === undefined && field === undefined
      ? Number(job.errors)
      : ErrorCounts.of(job.error_counts).matching({ code, field })
  // A second check of the tenant: access to the job was already checked.
  const owner = [job.id, job.tenant]
  const ofJob = { where: 'job_id = $1 and tenant = $2', values: owner, place: 'number', total } as const
  const ofField = `coalesce(field_name, '') =`
  if (code !== undefined && field !== undefined) {
    const where = `${ofJob.where} and code = $3 and ${ofField} $4`
    return { where, values: [...owner, code, field], place: 'of_both', total }
  }
  if (code !== undefined) {
    return { where: `${ofJob.where} and code = $3`, values: [...owner, code], place: 'of_code', total }
  }
  if (field === undefined) return ofJob
  return { where: `${ofJob.where} and ${ofField} $3`, values: [...owner, field], place: 'of_field', total }
}

/**
 * Returns the errors numbered above `after` up to `last`. It avoids `limit`: without statistics on newly written
 * rows, the database would sort the whole list for each page.
 */
function range(pool: Pool, list: ErrorList, after: number, last: number): Promise<RecordError[]> {
  const { where, values, place: numberedBy } = list
  const [first, second] = [values.length + 1, values.length + 2]
  const sql = `select ${columns} from lading.record_errors
    where ${where} and ${numberedBy} > $${first} and ${numberedBy} <= $${second} order by ${numberedBy}`
  return query(pool, sql, [...values, after, last])
}

/** `Row` must match the select list. */
async function query<Row>(pool: Pool, sql: string, values: unknown[]): Promise<Row[]> {
  return withClient(pool, async client => {
    const { rows } = await client.query(sql, values).catch((error: unknown) => {
      throw databaseFault(error)
    })
    return rows as Row[]
  })
}

const columns = `row_number::float8 as "rowNumber", line::float8 as line, record_identifier as "recordIdentifier",
  field_name as field, code, message, value`
