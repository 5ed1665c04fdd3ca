// Pages of jobs and of record errors: checks limit and offset, and reads and writes cursors.
import { defaults } from '../config/defaults.ts'
import { wholeNumber } from '../config/numbers.ts'
import type { ListErrors } from './jobs.ts'
import type { Job } from './store/job.ts'
import { toJob } from './store/job-row.ts'
import type { JobStore, ListJobs } from './store/job-store.ts'
import { formatCursor, parseCursor } from './store/list-cursor.ts'

/** Largest page of record errors. */
const maxErrorsPerPage = 1_000

/** @throws LadingError `OPTION_INVALID` */
export function readPage(options: ListErrors): { limit: number; offset: number } {
  const { limit = defaults.errorsPerPage, offset = 0 } = options
  return {
    limit: wholeNumber('limit', limit, { minimum: 1, maximum: maxErrorsPerPage, code: 'OPTION_INVALID' }),
    offset: wholeNumber('offset', offset, { minimum: 0, code: 'OPTION_INVALID' }),
  }
}

/** Largest page of jobs. */
const maxJobsPerPage = 100

/** @throws LadingError `OPTION_INVALID` */
export async function listJobs(
  store: JobStore,
  options: ListJobs,
): Promise<{ jobs: Job[]; nextCursor: string | null }> {
  const { limit = defaults.jobsPerPage, cursor } = options
  wholeNumber('limit', limit, { minimum: 1, maximum: maxJobsPerPage, code: 'OPTION_INVALID' })
  const after = cursor === undefined ? undefined : parseCursor(cursor)
  const rows = await store.list({ ...options, limit: limit + 1, after: after })
  const page = rows.slice(0, limit)
  const last = rows.length > limit ? page.at(-1) : undefined
  return { jobs: page.map(toJob), nextCursor: last === undefined ? null : formatCursor(last) }
}
