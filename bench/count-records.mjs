// Counts the records of an exported file, without the header of a CSV file.
import { createReadStream } from 'node:fs'

const newline = '\n'.charCodeAt(0)
const quote = '"'.charCodeAt(0)

/** @param {string} path @param {'csv' | 'ndjson'} format */
export async function countRecords(path, format) {
  // JSON text has no bare newline (RFC 8259, 7); a quoted CSV cell may.
  const isQuotable = format === 'csv'
  let lines = 0
  let isQuoted = false
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    for (const byte of chunk) {
      if (byte === newline && !isQuoted) lines++
      else if (byte === quote && isQuotable) isQuoted = !isQuoted
    }
  }
  return format === 'csv' ? lines - 1 : lines
}
