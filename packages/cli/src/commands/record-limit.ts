// --max-record-bytes → the longest record that an import takes.
import { usageError } from '../exit.ts'

export interface RecordLimitOptions {
  /** As text. */
  readonly maxRecordBytes?: string
}

/** A record is held in memory, and those of a batch beside it. */
const greatest = 256 * 1024 * 1024

/** Undefined: what the library takes. @throws CommandError */
export function recordLimit({ maxRecordBytes: text }: RecordLimitOptions): number | undefined {
  if (text === undefined) return undefined
  const bytes = Number(text)
  if (/^\d{1,15}$/.test(text) && bytes >= 1 && bytes <= greatest) return bytes
  throw usageError(`--max-record-bytes must be a whole number from 1 to ${greatest}; it is "${text}".`)
}
