// Chunks of any size → pieces that begin at a record: carries the unread rest of a piece over to the next one.
import type { FaultCode } from '../../../errors/codes.ts'
import { LadingError } from '../../../errors/lading-error.ts'
import type { RecordBatch } from '../../record/record-batch.ts'
import { byteOrderMarkLength } from './utf8.ts'

/** Decodes `bytes`, which begin at a record. Returns how many of them were consumed. */
export type Consume = (
  bytes: Buffer,
  final: boolean,
) => { readonly consumed: number; readonly result: RecordBatch }

/** Codes for faults of the file in the text stage; any other error comes from the source. */
const textFaults: ReadonlySet<FaultCode> = new Set([
  'FORMAT_UNSUPPORTED',
  'COMPRESSION_INVALID',
  'ENCODING_INVALID',
  'FILE_TOO_LARGE',
])

const emptyBatch: RecordBatch = { records: [], end: { byte: 0, rowNumber: 0, line: 0 } }

/**
 * Calls `consume` with the bytes that it left over, followed by new ones, and at the end with `final`. A batch with a
 * fault is the last one.
 *
 * A byte order mark at the start is removed, and `onMark` is called with its length in bytes (3 or 0). Without `onMark`,
 * the chunks begin in the middle of a file, where such bytes are data.
 *
 * The bytes left over are scanned again on each call, so new bytes are collected until there are as many. Even with
 * one-byte chunks, each byte is scanned about twice on average.
 *
 * If the text ends in a fault, the complete records come first, and the truncated one is dropped.
 */
export async function* carry(
  chunks: AsyncIterable<Buffer>,
  consume: Consume,
  onMark: ((bytes: number) => void) | undefined,
): AsyncGenerator<RecordBatch> {
  let remainder: Buffer = Buffer.alloc(0)
  let fresh: Buffer[] = []
  let freshBytes = 0
  let started = false
  let fault: LadingError | undefined

  const step = (final: boolean): RecordBatch | undefined => {
    let bytes =
      fresh.length === 1 && remainder.length === 0
        ? (fresh[0] ?? remainder)
        : Buffer.concat([remainder, ...fresh])
    if (onMark !== undefined && !started) {
      const mark = byteOrderMarkLength(bytes, final)
      if (mark === undefined) return undefined
      started = true
      onMark(mark)
      bytes = bytes.subarray(mark)
    }
    const { consumed, result } = consume(bytes, final)
    remainder = bytes.subarray(consumed)
    fresh = []
    freshBytes = 0
    return result
  }

  try {
    for await (const chunk of chunks) {
      if (chunk.length === 0) continue
      fresh.push(chunk)
      freshBytes += chunk.length
      if (freshBytes < remainder.length) continue
      const batch = step(false)
      if (batch === undefined) continue
      yield batch
      if (batch.fault !== undefined) return
    }
  } catch (error) {
    if (!(error instanceof LadingError) || !textFaults.has(error.code)) throw error
    fault = error
  }
  const last = step(fault === undefined) ?? emptyBatch
  yield fault === undefined || last.fault !== undefined ? last : { ...last, fault }
}
