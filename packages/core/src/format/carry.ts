// Chunks of any size → pieces that begin at a record: keeps what a piece left over and joins it to what comes.
import { byteOrderMarkLength } from './utf8.ts'

/** Takes `bytes` from the start of a record; returns how many of them are done with. */
export type Consume<Result> = (
  bytes: Buffer,
  final: boolean,
) => { readonly consumed: number; readonly result: Result }

/**
 * Calls `consume` with the bytes that it left over, followed by new ones, and last with `final`. A byte order
 * mark at the start is taken off and counted as consumed by nobody; `onMark` hears of it.
 *
 * What is left over is scanned again each time, so that new bytes are collected until there are as many: with
 * one-byte chunks too, every byte is scanned twice on the average and not once for each that follows it.
 */
export async function* carry<Result>(
  chunks: AsyncIterable<Buffer>,
  consume: Consume<Result>,
  onMark: (bytes: number) => void,
): AsyncGenerator<Result> {
  let left: Buffer = Buffer.alloc(0)
  let fresh: Buffer[] = []
  let freshBytes = 0
  let started = false

  const step = (final: boolean): Result | undefined => {
    let bytes = fresh.length === 1 && left.length === 0 ? (fresh[0] ?? left) : Buffer.concat([left, ...fresh])
    if (!started) {
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

  for await (const chunk of chunks) {
    if (chunk.length === 0) continue
    fresh.push(chunk)
    freshBytes += chunk.length
    if (freshBytes < left.length) continue
    const result = step(false)
    if (result !== undefined) yield result
  }
  const result = step(true)
  if (result !== undefined) yield result
}
