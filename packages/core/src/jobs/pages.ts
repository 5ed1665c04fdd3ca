// Pages of jobs and of record errors: checks limit and offset, and reads and writes cursors.
import { LadingError } from '../errors/lading-error.ts'
import type { ListErrors } from './jobs.ts'
import type { Job } from './store/job.ts'
import { toJob } from './store/job-row.ts'
import type { JobStore, ListJobs } from './store/job-store.ts'
import { formatCursor, parseCursor } from './store/list-cursor.ts'

/** Largest page of record errors. */
const maxErrorsPerPage = 1_000

/** @throws LadingError `OPTION_INVALID` */
export function readPage({ limit = 50, offset = 0 }: ListErrors): { limit: number; offset: number } {
  if (!Number.isInteger(limit) || limit < 1 || limit > maxErrorsPerPage) {
    throw new LadingError('OPTION_INVALID', `The limit must be a whole number from 1 to ${maxErrorsPerPage}.`)
  }
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw new LadingError('OPTION_INVALID', 'The offset must be a whole number from 0.')
  }
  return { limit, offset }
}

/** Largest page of jobs. */
const maxJobsPerPage = 100

/** @throws LadingError `OPTION_INVALID` */
export async function listJobs(
  store: JobStore,
  options: ListJobs,
): Promise<{ jobs: Job[]; nextCursor: string | null }> {
  const { limit = 20, cursor } = options
  if (!Number.isInteger(limit) || limit < 1 || limit > maxJobsPerPage) {
    throw new LadingError('OPTION_INVALID', `The limit must be a whole number from 1 to ${maxJobsPerPage}.`)
  }
  const after = cursor === undefined ? undefined : parseCursor(cursor)
  const rows = await store.list({ ...options, limit: limit + 1, after: after })
  const page = rows.slice(0, limit)
  const last = rows.length > limit ? page.at(-1) : undefined
  return { jobs: page.map(toJob), nextCursor: last === undefined ? null : formatCursor(last) }
}
