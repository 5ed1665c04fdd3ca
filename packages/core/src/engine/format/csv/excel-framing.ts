// CSV as COPY prints it → CSV for Excel: adds a byte order mark, and ends each record with CRLF.
import type { ByteTransform, EncodeOptions, FileColumn } from '../format.ts'
import { guard } from './formula-guard.ts'
import { printCells } from './print.ts'

const byteOrderMark = '\ufeff'

/** Returns undefined if the option `excel` is off: then the printed bytes are the file already. */
export function frameExcel(
  columns: readonly FileColumn[],
  options: EncodeOptions,
): ByteTransform | undefined {
  const { delimiter = ',', header = true, excel = false } = options
  if (!excel) return undefined
  const names = columns.map(({ name }) => guard(name))
  const prefix = Buffer.from(byteOrderMark + (header ? `${printCells(names, delimiter)}\r\n` : ''))

  return async function* frame(printed) {
    const endRecords = recordEnds()
    let hasStarted = false
    for await (const chunk of printed) {
      // Wait for the first bytes: until then, a failing export can still respond with an error status.
      if (!hasStarted) yield prefix
      hasStarted = true
      yield endRecords(chunk)
    }
    if (!hasStarted && header) yield prefix
  }
}

/**
 * Replaces LF with CRLF, except inside quotes, where it is data. A doubled quote closes and reopens the cell, so
 * counting quotes is enough. String functions on Latin-1, which maps each byte to a character, are faster than a loop
 * (240 to 550 MB/s against 160).
 */
function recordEnds(): (chunk: Buffer) => Buffer {
  let isQuoted = false
  return chunk => {
    const text = chunk.toString('latin1')
    const parts = text.split('"')
    for (const [index, part] of parts.entries()) {
      if (index > 0) isQuoted = !isQuoted
      if (!isQuoted) parts[index] = part.replaceAll('\n', '\r\n')
    }
    return Buffer.from(parts.join('"'), 'latin1')
  }
}
