// All record errors of a job → a CSV or NDJSON file, streamed from the database.
import { Readable } from 'node:stream'
import { guard } from '../../engine/format/csv/formula-guard.ts'
import type { RecordError } from '../../errors/record-error.ts'
import { recordError } from '../wire/representation.ts'

const columns = [
  'row_number',
  'line',
  'field_name',
  'error_code',
  'error_message',
  'field_value',
  'record_identifier',
]

export function errorList(pages: AsyncIterable<readonly RecordError[]>, format: 'csv' | 'ndjson'): Readable {
  const print = format === 'csv' ? csvLine : jsonLine
  async function* chunks(): AsyncGenerator<Buffer> {
    if (format === 'csv') yield Buffer.from(`${columns.join(',')}\n`)
    for await (const page of pages) yield Buffer.from(page.map(print).join(''))
  }
  return Readable.from(chunks(), { objectMode: false })
}

function jsonLine(error: RecordError): string {
  return `${JSON.stringify(recordError(error))}\n`
}

function csvLine(error: RecordError): string {
  const texts = [error.field, error.code, error.message, error.value, error.recordIdentifier]
  return `${[error.rowNumber, error.line, ...texts.map(cell)].join(',')}\n`
}

/** Formats a cell as an export does: empty for null. Formulas are guarded, because a value comes from the uploaded file. */
function cell(text: string | null): string {
  if (text === null) return ''
  const safe = guard(text)
  return safe === '' || /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
