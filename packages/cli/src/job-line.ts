// A job → a tab-separated line of text, for people and for `cut`.
import type { Job } from '@lading/core'

/** Contains no value of a file. */
export function jobLine(job: Job): string {
  const { id, kind, resource, status, progress, durationSeconds } = job
  const { processedRecords, failedRecords } = progress
  const seconds = (durationSeconds ?? 0).toFixed(2)
  const fields = [id, kind, resource, status, processedRecords, failedRecords, seconds, reasonOf(job)]
  return `${fields.join('\t').trimEnd()}\n`
}

/** Why the job failed, or why it waits. */
function reasonOf({ errorCode, waitingFor, waitingForStorage, warnings }: Job): string {
  if (waitingFor !== null) return `waits: ${waitingFor.code} since ${waitingFor.since.toISOString()}`
  if (waitingForStorage !== null) return `waits for storage ${waitingForStorage}, which no worker has`
  const nothing = warnings.find(({ code }) => code === 'NOTHING_IMPORTED')
  return errorCode ?? nothing?.code ?? ''
}
