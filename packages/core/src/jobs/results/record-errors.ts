// Record errors of a job: pages as ranges of keys, and the whole list page by page.
import type { RecordError } from '../../errors/record-error.ts'
import { type Pool, withClient } from '../../postgres/pool/client.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'
import { ErrorCounts, type ErrorFilter } from '../store/error-counts.ts'
import type { JobRow } from '../store/job-row.ts'

/** Errors that are in memory at a time while the whole list is read. */
const streamedPage = 2_000

export interface ErrorPage {
  /** By row number, then in the order of the rules; stable between pages. */
  readonly errors: readonly RecordError[]
  /** All that there were and that match. */
  readonly total: number
  /** Of all errors of the job, those that are kept and can be listed: the first ones. */
  readonly stored: number
}

interface Page extends ErrorFilter {
  readonly limit: number
  readonly offset: number
}

/** A range of keys: it costs the same wherever the page lies. */
export async function errorPage(
  pool: Pool,
  job: JobRow,
  { limit, offset, ...filter }: Page,
): Promise<ErrorPage> {
  const list = listOf(job, filter)
  return {
    errors: await range(pool, list, offset, offset + limit),
    total: list.total,
    stored: Number(job.stored_errors),
  }
}

/** Every stored error that there is when it is asked for, in the order of the pages. */
export async function* allErrors(
  pool: Pool,
  job: JobRow,
  filter: ErrorFilter = {},
): AsyncGenerator<readonly RecordError[]> {
  const list = listOf(job, filter)
  const total = Math.min(list.total, Number(job.stored_errors))
  for (let after = 0; after < total; after += streamedPage) {
    const found = await range(pool, list, after, Math.min(total, after + streamedPage))
    if (found.length > 0) yield found
  }
}

/** Some of the stored errors behind a place, in the order of the file. */
export async function errorsAfter(
  pool: Pool,
  { id }: JobRow,
  place: number,
): Promise<(RecordError & { readonly number: string })[]> {
  const sql = `select number, ${columns} from lading.record_errors
    where job_id = $1 and number > $2 and number <= $3 order by number`
  return ask(pool, sql, [id, place, place + streamedPage])
}

interface ErrorList {
  readonly where: string
  readonly values: readonly string[]
  /** The column that numbers it from 1, without gaps. */
  readonly place: 'number' | 'of_code' | 'of_field' | 'of_both'
  /** Errors that there were; the first of them are stored. */
  readonly total: number
}

function listOf(job: JobRow, { code, field }: ErrorFilter): ErrorList {
  const total =
    code === undefined && field === undefined
      ? Number(job.errors)
      : ErrorCounts.of(job.error_counts).matching({ code, field })
  const ofJob = { where: 'job_id = $1', values: [job.id], place: 'number', total } as const
  const ofField = `coalesce(field_name, '') =`
  if (code !== undefined && field !== undefined) {
    const where = `${ofJob.where} and code = $2 and ${ofField} $3`
    return { where, values: [job.id, code, field], place: 'of_both', total }
  }
  if (code !== undefined) {
    return { where: `${ofJob.where} and code = $2`, values: [job.id, code], place: 'of_code', total }
  }
  if (field === undefined) return ofJob
  return { where: `${ofJob.where} and ${ofField} $2`, values: [job.id, field], place: 'of_field', total }
}

/**
 * The errors behind the place `after` up to the place `last`. Not by a limit: of a list that was just written the
 * database has no statistics, and would sort all of it for each page.
 */
function range(pool: Pool, list: ErrorList, after: number, last: number): Promise<RecordError[]> {
  const { where, values, place } = list
  const [first, second] = [values.length + 1, values.length + 2]
  const sql = `select ${columns} from lading.record_errors
    where ${where} and ${place} > $${first} and ${place} <= $${second} order by ${place}`
  return ask(pool, sql, [...values, after, last])
}

/** `Row` has the members that the select list names. */
async function ask<Row>(pool: Pool, sql: string, values: unknown[]): Promise<Row[]> {
  return withClient(pool, async client => {
    const { rows } = await client.query(sql, values).catch((error: unknown) => {
      throw databaseFault(error)
    })
    return rows as Row[]
  })
}

const columns = `row_number::float8 as "rowNumber", line::float8 as line, record_identifier as "recordIdentifier",
  field_name as field, code, message, value`
