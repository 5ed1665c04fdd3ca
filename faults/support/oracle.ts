// The oracle: what a run without faults leaves, and each way in which another run differs from it.
import type pg from 'pg'

/** What an import has left, row by row. */
export interface Traces {
  /** Of each row of the table: its name, a hash of all of it, and how often it is there. */
  readonly rows: readonly string[]
  readonly errors: readonly string[]
  /** Row number and codes of each rejected record. */
  readonly rejected: readonly string[]
  readonly job: Readonly<Record<string, unknown>>
}

/** Columns of a job that state what was done, without those that count attempts. */
const reported = `status, processed, successful, failed, inserted, updated, ignored, errors, stored_errors, errors_by_code,
  error_counts, warnings, unprocessed, error_code, checkpoint_byte, checkpoint_row, checkpoint_line, source_size`

export async function tracesOf(pool: pg.Pool, jobId: string, table = 'cargo', name = 'ref'): Promise<Traces> {
  const list = async (sql: string, values: unknown[] = []) =>
    (await pool.query({ text: sql, values, rowMode: 'array' })).rows.map(row => row.join(' '))
  const [job = {}] = (await pool.query(`select ${reported} from lading.jobs where id = $1`, [jobId])).rows
  return {
    job,
    rows: await list(`select ${name}, hashtextextended(t::text, 0) from ${table} t order by 1, 2`),
    errors: await list(
      `select number, row_number, line, field_name, code, message, value, of_code, of_field, of_both
       from lading.record_errors where job_id = $1 order by number`,
      [jobId],
    ),
    rejected: await list(
      `select entry->>0, entry->>1, entry->>2, entry->>3, entry->>4
       from lading.rejected_records, jsonb_array_elements(entries) entry where job_id = $1
       order by (entry->>0)::int8`,
      [jobId],
    ),
  }
}

/** Nothing, or one sentence for each way in which the run was not exact. */
export function complaints(found: Traces, expected: Traces): string[] {
  return [...differences(found, expected), ...brokenLaws(found)]
}

function differences(found: Traces, expected: Traces): string[] {
  const counters = Object.keys(expected.job).flatMap(column => {
    const [is, should] = [found.job[column], expected.job[column]].map(value => JSON.stringify(value))
    return is === should ? [] : [`the job's ${column} is ${is} and should be ${should}`]
  })
  return [
    ...counters,
    ...difference('row', found.rows, expected.rows),
    ...difference('record error', found.errors, expected.errors),
    ...difference('rejected record', found.rejected, expected.rejected),
  ]
}

function difference(what: string, found: readonly string[], expected: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const item of expected) left.set(item, (left.get(item) ?? 0) + 1)
  const extra: string[] = []
  for (const item of found) {
    const count = left.get(item) ?? 0
    if (count === 0) extra.push(item)
    else left.set(item, count - 1)
  }
  const lost = [...left].flatMap(([item, count]) => (count > 0 ? [item] : []))
  const say = (items: readonly string[], how: string) =>
    items.length === 0 ? [] : [`${items.length} × a ${what} ${how}, first: ${items[0]}`]
  return [...say(lost, 'is lost'), ...say(extra, 'is there that should not be, or twice')]
}

/** Conditions that hold for every job, independent of the reference. */
function brokenLaws({ job, rejected }: Traces): string[] {
  const count = (column: string) => Number(job[column])
  const records = new Set(rejected.map(entry => entry.split(' ')[0])).size
  const laws: [boolean, string][] = [
    [count('processed') === count('successful') + count('failed'), 'processed is not successful + failed'],
    [
      count('successful') === count('inserted') + count('updated') + count('ignored'),
      'successful is not inserted + updated + ignored',
    ],
    [
      records === count('failed'),
      `${records} distinct records were rejected, but failed is ${count('failed')}`,
    ],
    [rejected.length === records, 'a record was rejected twice'],
    [
      job.status !== 'completed' || job.checkpoint_byte === job.source_size,
      `the checkpoint is at byte ${job.checkpoint_byte} of ${job.source_size}`,
    ],
  ]
  return laws.flatMap(([holds, complaint]) => (holds ? [] : [complaint]))
}
