// What a job keeps of the attempt that began it → the place at which a later one goes on reading.

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
  /** The stored bytes are the text, so that they can be read from any place in it. */
  readonly isPlain: boolean
  /** Of a CSV file. */
  readonly header: Header | null
}

/** The columns of a job that tell where it stopped; 64-bit numbers come from the driver as text. */
export interface Checkpoint {
  readonly checkpoint_byte: string
  readonly checkpoint_row: string
  readonly checkpoint_line: string
  readonly checkpoint_expects: NonNullable<Position['expects']> | null
  readonly bytes_read: string
  /** Of the first `bytes_read` bytes; null before the first batch, and where it was not kept. */
  readonly read_sha256: string | null
  /** null before the first batch, and in a job that was begun before it was kept. */
  readonly begun_with: FirstAttempt | null
}

/**
 * Undefined where the file has to be read from its start: nothing of it is done, or nobody kept what it takes.
 *
 * @throws LadingError `RESOURCE_CHANGED`: half of the file would be judged by other rules than the rest
 */
export function resumePoint(job: Checkpoint, resource: Resource): ResumePoint | undefined {
  const place = checkpointOf(job)
  if (place === undefined || job.begun_with?.resource === fingerprint(resource)) return place
  throw new LadingError(
    'RESOURCE_CHANGED',
    `The definition of ${resource.name} has changed since this import began; what was imported stays, and the records behind it have to be sent as a new import.`,
  )
}

/** What earlier attempts read of the stored source. */
export function readBefore({ bytes_read, read_sha256: sha256 }: Checkpoint): Prefix | undefined {
  return sha256 === null ? undefined : { bytes: Number(bytes_read), sha256 }
}

/** The same for whoever only reads the file, whatever becomes of its records. */
export function checkpointOf(job: Checkpoint): ResumePoint | undefined {
  const { begun_with: begun, checkpoint_expects: expects } = job
  const rowNumber = Number(job.checkpoint_row)
  if (begun === null || rowNumber === 0) return undefined
  const byte = Number(job.checkpoint_byte)
  const line = Number(job.checkpoint_line)
  const position: Position = { byte, rowNumber, line, ...(expects !== null && { expects }) }
  return { position, header: begun.header ?? undefined, isPlain: begun.isPlain }
}
