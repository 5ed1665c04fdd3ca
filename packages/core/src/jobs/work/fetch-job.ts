// A job whose file lies elsewhere: the file → the storage, and the job → those who import.
import { sendOn } from '../store/hand-over.ts'
import type { JobRow } from '../store/job-row.ts'
import { type RemoteSpoolContext, spoolRemote } from './remote-spool.ts'

/** Gives a claimed job back with its file. @throws LadingError what ended it early, as `spoolRemote` */
export async function runFetchJob(
  job: JobRow,
  context: RemoteSpoolContext,
  signal: AbortSignal,
): Promise<void> {
  if (job.source_key === null) await spoolRemote(job, context, signal)
  else await sendOn(context.pool, context.newOutbox, job)
}

/**
 * Of the fetchers, so many at most are for one caller: a file may take an hour, and others are to find one that is
 * free meanwhile.
 */
export const mostForOne = (fetches: number): number => Math.max(1, fetches - 1)
