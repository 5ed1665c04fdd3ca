// --max-record-bytes → the maximum size of a record.
import { usageError } from '../exit.ts'

export interface RecordLimitOptions {
  /** As text. */
  readonly maxRecordBytes?: string
}

/** A record is held in memory, together with those of its batch. */
const maxBytes = 256 * 1024 * 1024

/** Undefined: the default of the library. @throws CommandError */
export function recordLimit({ maxRecordBytes: text }: RecordLimitOptions): number | undefined {
  if (text === undefined) return undefined
  const bytes = Number(text)
  if (/^\d{1,15}$/.test(text) && bytes >= 1 && bytes <= maxBytes) return bytes
  throw usageError(`--max-record-bytes must be a whole number from 1 to ${maxBytes}; it is "${text}".`)
}
