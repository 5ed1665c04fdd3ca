// CSV as COPY prints it → CSV as Excel wants it: a byte order mark, and CRLF behind each record.
import type { EncodeOptions, FileColumn, Pass } from '../format.ts'
import { guard } from './formula-guard.ts'
import { printCells } from './print.ts'

const byteOrderMark = '\ufeff'

/** Undefined where Excel is not meant: then what was printed is the file. */
export function frameExcel(columns: readonly FileColumn[], options: EncodeOptions): Pass | undefined {
  const { delimiter = ',', header = true, excel = false } = options
  if (!excel) return undefined
  const names = columns.map(({ name }) => guard(name))
  const beginning = Buffer.from(byteOrderMark + (header ? `${printCells(names, delimiter)}\r\n` : ''))

  return async function* frame(printed) {
    const endRecords = recordEnds()
    let begun = false
    for await (const chunk of printed) {
      // Not before the first bytes: until then, an export that fails can still be refused with a status.
      if (!begun) yield beginning
      begun = true
      yield endRecords(chunk)
    }
    if (!begun && header) yield beginning
  }
}

/**
 * LF → CRLF, except inside of quotes: those are data. Two quotes in a quoted cell end it and begin it again, so that
 * counting quotes is enough. Text functions on Latin-1, which has a character for each byte, are faster than a loop
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
