// Record errors of a job: pages as ranges of keys, and the whole list page by page.
import type { RecordError } from '../errors/record-error.ts'
import { type Pool, withClient } from '../postgres/client.ts'
import { databaseFault } from '../postgres/sqlstate.ts'
import { ErrorCounts, type ErrorFilter } from './error-counts.ts'
import type { JobRow } from './job-row.ts'
import type { ErrorPage } from './jobs.ts'

/** Errors that are in memory at a time while the whole list is read. */
const streamedPage = 2_000

interface Page extends ErrorFilter {
  readonly limit: number
  readonly offset: number
}

/**
 * Costs the same wherever the page lies, except where a code and a field are asked for and the code is of other
 * fields too: then the errors of that code before the page are walked over.
 */
export async function errorPage(
  pool: Pool,
  job: JobRow,
  { limit, offset, ...filter }: Page,
): Promise<ErrorPage> {
  const counts = ErrorCounts.of(job.error_counts)
  const isWhole = filter.code === undefined && filter.field === undefined
  const { where, values, place, isGapless } = listOf(job, filter, counts)
  const [first, second] = [`$${values.length + 1}::bigint`, `$${values.length + 2}::bigint`]
  const page = isGapless
    ? `and ${place} > ${first} and ${place} <= ${first} + ${second} order by ${place}`
    : `order by ${place} offset ${first} limit ${second}`
  return {
    errors: await ask(pool, `${select} ${where} ${page}`, [...values, offset, limit]),
    total: isWhole ? Number(job.errors) : counts.matching(filter),
    stored: Number(job.stored_errors),
  }
}

/**
 * Every stored error that there is when it is asked for, in the order of the pages. Always by ranges of keys: with a
 * mere limit, a database that has no statistics yet of a list just written sorts all of it for each page.
 */
export async function* allErrors(
  pool: Pool,
  job: JobRow,
  filter: ErrorFilter = {},
): AsyncGenerator<readonly RecordError[]> {
  const counts = ErrorCounts.of(job.error_counts)
  const { where, values, place } = listOf(job, filter, counts)
  const stored = Number(job.stored_errors)
  // Places are counted within the code or the field, where only one of them is asked for.
  const total =
    place === 'number'
      ? stored
      : Math.min(stored, counts.matching(place === 'of_code' ? { code: filter.code } : filter))
  const [first, last] = [`$${values.length + 1}`, `$${values.length + 2}`]
  const sql = `${select} ${where} and ${place} > ${first} and ${place} <= ${last} order by ${place}`
  for (let after = 0; after < total; after += streamedPage) {
    const found = await ask(pool, sql, [...values, after, Math.min(total, after + streamedPage)])
    if (found.length > 0) yield found
  }
}

/** Some of the stored errors behind a place, in the order of the file. */
export async function errorsBehind(pool: Pool, { id }: JobRow, place: number): Promise<StoredError[]> {
  const sql = `${select} job_id = $1 and number > $2 and number <= $3 order by number`
  return ask(pool, sql, [id, place, place + streamedPage])
}

interface ErrorList {
  readonly where: string
  readonly values: readonly string[]
  /** The column by which it is ordered. */
  readonly place: 'number' | 'of_code' | 'of_field'
  /** Every place from 1 on is there, so that an offset is a place. */
  readonly isGapless: boolean
}

function listOf({ id }: JobRow, filter: ErrorFilter, counts: ErrorCounts): ErrorList {
  const { code, field } = filter
  if (code === undefined && field === undefined) {
    return { where: 'job_id = $1', values: [id], place: 'number', isGapless: true }
  }
  if (field === undefined) {
    const values = [id, String(code)]
    return { where: 'job_id = $1 and code = $2', values, place: 'of_code', isGapless: true }
  }
  if (code === undefined) {
    const where = `job_id = $1 and coalesce(field_name, '') = $2`
    return { where, values: [id, field], place: 'of_field', isGapless: true }
  }
  return {
    where: `job_id = $1 and code = $2 and coalesce(field_name, '') = $3`,
    values: [id, code, field],
    place: 'of_code',
    // Most codes are of one field only.
    isGapless: counts.matching({ code }) === counts.matching(filter),
  }
}

type StoredError = RecordError & Readonly<Record<ErrorList['place'], string>>

async function ask(pool: Pool, sql: string, values: unknown[]): Promise<StoredError[]> {
  return withClient(pool, async client => {
    const { rows } = await client.query(sql, values).catch((error: unknown) => {
      throw databaseFault(error)
    })
    // The select list names its members.
    return rows as unknown as StoredError[]
  })
}

const select = `
select row_number::float8 as "rowNumber", line::float8 as line, record_identifier as "recordIdentifier",
  field_name as field, code, message, value, number, of_code, of_field
from lading.record_errors
where`
