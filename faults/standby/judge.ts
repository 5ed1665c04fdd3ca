// What a promoted standby has of each import → what does not agree, and what was lost although it had been reported.
import type pg from 'pg'
import { type Reported, rowsOf } from './clients.ts'

interface JobNow {
  readonly file: number
  readonly status: string
  readonly processed: number
  readonly successful: number
  readonly failed: number
  readonly checkpoint: number
  readonly rejected: readonly number[]
}

export interface Verdict {
  /** Nothing, or a sentence for each way in which rows, counters, errors and checkpoint do not agree. */
  readonly complaints: readonly string[]
  /** Files whose job was accepted and is not there. */
  readonly lostJobs: readonly number[]
  /** Files whose job was seen completed and is not. */
  readonly lostEnds: readonly number[]
}

const jobsSql = `
select (metadata->>'file')::int as file, status, processed::int, successful::int, failed::int, checkpoint_row::int as checkpoint,
  array(select row_number::int from lading.record_errors where job_id = id order by number) as rejected
from lading.jobs`

export async function judge(pool: pg.Pool, { accepted, completed }: Reported): Promise<Verdict> {
  const jobs = (await pool.query<JobNow>(jobsSql)).rows
  const found = (await pool.query('select file, ref, label from goods order by file, ref')).rows
  const rows = new Map<number, string[]>()
  for (const { file, ref, label } of found)
    rows.set(file, [...(rows.get(file) ?? []), `${file} ${ref} ${label}`])
  const byFile = new Map(jobs.map(job => [job.file, job]))
  const strays = [...rows.keys()].filter(file => !byFile.has(file))
  return {
    complaints: [
      ...strays.map(file => `file ${file} has ${rows.get(file)?.length} rows and no job`),
      ...jobs.flatMap(job => complaintsOf(job, rows.get(job.file) ?? [])),
    ],
    lostJobs: [...accepted.keys()].filter(file => !byFile.has(file)),
    lostEnds: [...completed].filter(file => byFile.get(file)?.status !== 'completed'),
  }
}

function complaintsOf(job: JobNow, rows: readonly string[]): string[] {
  const { file, processed, successful, failed, checkpoint, rejected } = job
  const expected = rowsOf(file, processed)
  // The header is the first record.
  const errors = Array.from({ length: Math.floor(processed / 30) }, (_, index) => 30 * (index + 1) + 1)
  const laws: readonly (readonly [boolean, string])[] = [
    [
      rows.join('\n') === expected.join('\n'),
      `has ${rows.length} rows, not those of its first ${processed} records`,
    ],
    [successful === rows.length, `counts ${successful} successful records and has ${rows.length} rows`],
    [failed === errors.length, `counts ${failed} rejected records of ${errors.length}`],
    [rejected.join() === errors.join(), `has errors for the rows ${rejected.join()}, not ${errors.join()}`],
    [processed === 0 || checkpoint === processed + 1, `is at row ${checkpoint} after ${processed} records`],
  ]
  return laws.flatMap(([holds, what]) => (holds ? [] : [`the job of file ${file} ${what}`]))
}
