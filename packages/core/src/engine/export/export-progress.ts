// How far an export is: its records are counted where they are printed, and its bytes where they leave.
import type { Readable } from 'node:stream'
import { callListener } from '../../errors/hook.ts'
import { readableFrom } from '../../util/readable-from.ts'
import type { Pass } from '../format/format.ts'
import type { StreamOptions } from './exporter-options.ts'
import type { ExportPlan } from './plan/export-plan.ts'

export interface ProgressCounter {
  /** To be put behind the printing, and before anything else is made of it. */
  readonly records: Pass
  /** What leaves in the end, with `onProgress` called for each chunk of it. */
  sent(file: Readable): Readable
}

/** COPY tells its count only at its end, so that ends of records are looked for in what it prints. */
export function progressCounter(
  { query, shape: { format, encoding } }: ExportPlan,
  onProgress: NonNullable<StreamOptions['onProgress']>,
  timeoutSeconds: number,
): ProgressCounter {
  const count = format.values === 'text' ? csvRecords() : lines
  // A header is a record, too.
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
      const left = new AbortController()
      const patience = { signal: left.signal, timeoutSeconds }
      async function* chunks(): AsyncGenerator<Buffer> {
        for await (const chunk of file) {
          bytes += chunk.length
          const told = { rows: Math.max(0, rows), bytes }
          await callListener('onProgress', () => onProgress(told), patience)
          yield chunk
        }
      }
      return readableFrom(chunks(), () => {
        left.abort()
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

/** A line feed inside of quotes ends no record; a quote that is doubled is as good as none. */
export function csvRecords(): (chunk: Buffer) => number {
  let isQuoted = false
  return chunk => {
    if (!isQuoted && !chunk.includes(quote)) return lines(chunk)
    let count = 0
    // Byte by byte, at 400 MB/s: `for … of` takes three times as long, and hopping from quote to quote up to eight times.
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]
      if (byte === quote) isQuoted = !isQuoted
      else if (byte === lineFeed && !isQuoted) count++
    }
    return count
  }
}
