// Fails a job: writes the fault's code and message to the job's row, and passes server faults to `onError`.
import { ownerOfFault } from '../../errors/fault-table.ts'
import type { LadingError } from '../../errors/lading-error.ts'
import type { JobRow } from '../store/job-row.ts'
import type { JobStore } from '../store/job-store.ts'

export interface FailContext {
  readonly store: JobStore
  readonly onError: (fault: unknown, jobId?: string) => void
}

/** Whether a fault would end every further attempt of the job as well. */
export function endsJob(fault: LadingError): boolean {
  const owner = ownerOfFault(fault)
  return owner === 'job' || owner === 'lading'
}

/** @param more further columns of the job */
export async function failJob(
  { id, token }: JobRow,
  fault: LadingError,
  { store, onError }: FailContext,
  more: Record<string, unknown> = {},
): Promise<void> {
  const { code, message, status } = fault
  const isOurs = await store.end(id, token, 'fail', { error_code: code, error_message: message, ...more })
  // Below 500, the file or the request is at fault, and the message says everything.
  if (isOurs && status >= 500) onError(fault, id)
}
