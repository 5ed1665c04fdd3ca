// Chunks of any size → pieces that begin at a record: keeps what a piece left over and joins it to what comes.
import type { FaultCode } from '../../../errors/codes.ts'
import { LadingError } from '../../../errors/lading-error.ts'
import type { RecordBatch } from '../../record/record-batch.ts'
import { byteOrderMarkLength } from './utf8.ts'

/** Takes `bytes` from the start of a record; returns how many of them are done with. */
export type Consume = (
  bytes: Buffer,
  final: boolean,
) => { readonly consumed: number; readonly result: RecordBatch }

/** What is wrong with the file itself where its text is made; any other error is the source's own. */
const faultsOfText: ReadonlySet<FaultCode> = new Set([
  'FORMAT_UNSUPPORTED',
  'COMPRESSION_INVALID',
  'ENCODING_INVALID',
  'FILE_TOO_LARGE',
])

const nothing: RecordBatch = { records: [], end: { byte: 0, rowNumber: 0, line: 0 } }

/**
 * Calls `consume` with the bytes that it left over, followed by new ones, and last with `final`. A byte order
 * mark at the start is taken off and counted as consumed by nobody; `onMark` hears of it. Without `onMark` the
 * chunks begin in the middle of a file, where such bytes are data. A batch with a fault is the last one.
 *
 * What is left over is scanned again each time, so that new bytes are collected until there are as many: with
 * one-byte chunks too, every byte is scanned twice on the average and not once for each that follows it.
 *
 * Where the text ends in a fault, the records that are complete come first, and the cut one is not invented.
 */
export async function* carry(
  chunks: AsyncIterable<Buffer>,
  consume: Consume,
  onMark: ((bytes: number) => void) | undefined,
): AsyncGenerator<RecordBatch> {
  let left: Buffer = Buffer.alloc(0)
  let fresh: Buffer[] = []
  let freshBytes = 0
  let started = false
  let fault: LadingError | undefined

  const step = (final: boolean): RecordBatch | undefined => {
    let bytes = fresh.length === 1 && left.length === 0 ? (fresh[0] ?? left) : Buffer.concat([left, ...fresh])
    if (onMark !== undefined && !started) {
      const mark = byteOrderMarkLength(bytes, final)
      if (mark === undefined) return undefined
      started = true
      onMark(mark)
      bytes = bytes.subarray(mark)
    }
    const { consumed, result } = consume(bytes, final)
    left = bytes.subarray(consumed)
    fresh = []
    freshBytes = 0
    return result
  }

  try {
    for await (const chunk of chunks) {
      if (chunk.length === 0) continue
      fresh.push(chunk)
      freshBytes += chunk.length
      if (freshBytes < left.length) continue
      const batch = step(false)
      if (batch === undefined) continue
      yield batch
      if (batch.fault !== undefined) return
    }
  } catch (error) {
    if (!(error instanceof LadingError) || !faultsOfText.has(error.code)) throw error
    fault = error
  }
  const last = step(fault === undefined) ?? nothing
  yield fault === undefined || last.fault !== undefined ? last : { ...last, fault }
}
