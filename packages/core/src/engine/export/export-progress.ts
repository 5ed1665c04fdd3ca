// Progress of an export: counts records where they are printed, and bytes where they are sent.
import type { Readable } from 'node:stream'
import { callListener } from '../../errors/hook.ts'
import { readableFrom } from '../../util/readable-from.ts'
import type { ByteTransform } from '../format/format.ts'
import type { StreamOptions } from './exporter-options.ts'
import type { ExportPlan } from './plan/export-plan.ts'

export interface ProgressCounter {
  /** Belongs right after the stage that prints the records. */
  readonly records: ByteTransform
  /** Wraps the final bytes, and calls `onProgress` for each chunk. */
  sent(file: Readable): Readable
}

/** COPY reports its count only at the end, so this counts the ends of records in its output. */
export function progressCounter(
  { query, shape: { format, encoding } }: ExportPlan,
  onProgress: NonNullable<StreamOptions['onProgress']>,
  timeoutSeconds: number,
): ProgressCounter {
  const count = format.values === 'text' ? csvRecords() : lines
  // A header is a record too.
  let rows = format.rowPrinter(query.columns, encoding).beginning === '' ? 0 : -1
  let bytes = 0
  return {
    async *records(printed) {
      for await (const chunk of printed) {
        rows += count(chunk)
        yield chunk
      }
    },
    sent(file) {
      const abortController = new AbortController()
      const timeout = { signal: abortController.signal, timeoutSeconds }
      async function* chunks(): AsyncGenerator<Buffer> {
        for await (const chunk of file) {
          bytes += chunk.length
          const progress = { rows: Math.max(0, rows), bytes }
          await callListener('onProgress', () => onProgress(progress), timeout)
          yield chunk
        }
      }
      return readableFrom(chunks(), () => {
        abortController.abort()
        file.destroy()
      })
    },
  }
}

const lineFeed = 0x0a
const quote = 0x22

function lines(chunk: Buffer): number {
  let count = 0
  for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, at + 1)) count++
  return count
}

/** A line feed inside quotes ends no record; a doubled quote has no effect. */
export function csvRecords(): (chunk: Buffer) => number {
  let isQuoted = false
  return chunk => {
    if (!isQuoted && !chunk.includes(quote)) return lines(chunk)
    let count = 0
    // Byte by byte, at 400 MB/s: `for … of` takes three times as long, and searching from quote to quote up to eight times.
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]
      if (byte === quote) isQuoted = !isQuoted
      else if (byte === lineFeed && !isQuoted) count++
    }
    return count
  }
}
