// The byte range that a reader requests: its first byte, and the byte after its last.
import { LadingError } from '../errors/lading-error.ts'
import type { ByteRange } from './storage.ts'

/** Limits the range to the size. @throws LadingError `OPTION_INVALID` */
export function withinSize({ start = 0, end }: ByteRange, size: number): { start: number; end: number } {
  const isWhole = Number.isSafeInteger(start) && (end === undefined || Number.isSafeInteger(end))
  if (!isWhole || start < 0 || (end !== undefined && end < start)) {
    throw new LadingError(
      'OPTION_INVALID',
      'A byte range must be whole numbers with 0 ≤ start ≤ end; end is the byte after the last.',
    )
  }
  return { start: Math.min(start, size), end: Math.min(end ?? size, size) }
}
