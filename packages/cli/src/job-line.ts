// A job as a line of text, divided by tabs, for people and for `cut`.
import type { Job } from '@lading/core'

/** Never a value of a file. */
export function jobLine({ id, kind, resource, status, progress, durationSeconds, errorCode }: Job): string {
  const { processedRecords, failedRecords } = progress
  const seconds = (durationSeconds ?? 0).toFixed(2)
  const fields = [id, kind, resource, status, processedRecords, failedRecords, seconds, errorCode ?? '']
  return `${fields.join('\t').trimEnd()}\n`
}
