// The recorded state of earlier attempts → the position at which the next one resumes.

import type { ResumePoint } from '../../../engine/import/run-recorder.ts'
import type { Header, Position } from '../../../engine/record/record-batch.ts'
import type { Resource } from '../../../engine/resource/define.ts'
import { fingerprint } from '../../../engine/resource/fingerprint.ts'
import { LadingError } from '../../../errors/lading-error.ts'
import type { Prefix } from '../../../storage/prefix.ts'

/** Written once, with the first batch. */
export interface FirstAttempt {
  /** Fingerprint of the resource. */
  readonly resource: string
  /** The stored bytes are the text itself, so reading can start anywhere in it. */
  readonly isPlain: boolean
  /** Of a CSV file. */
  readonly header: Header | null
}

/** The columns that hold the checkpoint of a job. The driver returns 64-bit numbers as text. */
export interface Checkpoint {
  readonly checkpoint_byte: string
  readonly checkpoint_row: string
  readonly checkpoint_line: string
  readonly checkpoint_expects: NonNullable<Position['expects']> | null
  readonly bytes_read: string
  /** Of the first `bytes_read` bytes; null before the first batch, and if it was not recorded. */
  readonly read_sha256: string | null
  /** null before the first batch, and in jobs started before this was recorded. */
  readonly first_attempt: FirstAttempt | null
}

/**
 * Undefined if the file has to be read from its start, because nothing was imported or the state was not recorded.
 *
 * @throws LadingError `RESOURCE_CHANGED`: the rest of the file would be judged by different rules
 */
export function resumePoint(job: Checkpoint, resource: Resource): ResumePoint | undefined {
  const point = checkpointOf(job)
  if (point === undefined || job.first_attempt?.resource === fingerprint(resource)) return point
  throw new LadingError(
    'RESOURCE_CHANGED',
    `The definition of ${resource.name} has changed since this import began; the imported records stay, and the remaining ones have to be sent as a new import.`,
  )
}

/** The part of the stored source that earlier attempts read. */
export function readPrefix({ bytes_read, read_sha256: sha256 }: Checkpoint): Prefix | undefined {
  return sha256 === null ? undefined : { bytes: Number(bytes_read), sha256 }
}

/** As `resumePoint`, for reading the file only, without the check of the resource. */
export function checkpointOf(job: Checkpoint): ResumePoint | undefined {
  const { first_attempt: firstAttempt, checkpoint_expects: expects } = job
  const rowNumber = Number(job.checkpoint_row)
  if (firstAttempt === null || rowNumber === 0) return undefined
  const byte = Number(job.checkpoint_byte)
  const line = Number(job.checkpoint_line)
  const position: Position = { byte, rowNumber, line, ...(expects !== null && { expects }) }
  return { position, header: firstAttempt.header ?? undefined, isPlain: firstAttempt.isPlain }
}
