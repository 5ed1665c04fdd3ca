// Rejected records → a file in their original format: the bytes before, between and after them.

import { guard } from '../../format/csv/formula-guard.ts'
import type { Header } from '../../record/record-batch.ts'
import { errorColumn } from '../../resource/mapping/header.ts'

/** A broken rule; without its message where that is not stored. */
export interface RejectReason {
  readonly code: string
  readonly message?: string | undefined
}

/** One file, printed from beginning to end. */
export interface RejectsFile {
  begin(): Buffer
  /** The bytes before the next record. */
  before(errors: readonly RejectReason[]): Buffer
  /** The record's own bytes, without the errors of an earlier import. */
  own(record: Buffer): Buffer
  /** The bytes after each record. */
  readonly after: Buffer
  end(): Buffer
}

export interface RejectsFileOptions {
  readonly format: string
  /** The header of a CSV file; undefined if it has none that can be read. */
  readonly header: Header | undefined
  /** Whether the file includes the errors: in CSV, in a first column that an import ignores. */
  readonly withErrors: boolean
}

export function rejectsFile(options: RejectsFileOptions): RejectsFile {
  if (options.format === 'csv') return csvFile(options)
  return options.format === 'json' ? jsonFile() : linesFile
}

const empty = Buffer.alloc(0)
const newline = Buffer.from('\n')

const linesFile: RejectsFile = {
  begin: () => empty,
  before: () => empty,
  own: record => record,
  after: newline,
  end: () => empty,
}

function jsonFile(): RejectsFile {
  let isFirst = true
  return {
    ...linesFile,
    before() {
      const separator = isFirst ? '[\n' : ',\n'
      isFirst = false
      return Buffer.from(separator)
    },
    after: empty,
    end: () => Buffer.from(isFirst ? '[]\n' : '\n]\n'),
  }
}

function csvFile({ header, withErrors }: RejectsFileOptions): RejectsFile {
  if (header === undefined) return linesFile
  const { delimiter, directive, text, cells } = header
  const prefix = directive === undefined ? '' : `${directive}\n`
  if (!withErrors) return { ...linesFile, begin: () => Buffer.from(`${prefix}${text}\n`) }
  // A corrected file that is rejected again has the column already, with the errors of the earlier import.
  const hasErrorColumn = cells[0]?.trim().toLowerCase() === errorColumn
  return {
    begin: () => Buffer.from(`${prefix}${hasErrorColumn ? '' : errorColumn + delimiter}${text}\n`),
    before: errors => Buffer.from(cell(sentence(errors), delimiter) + delimiter),
    own: record => (hasErrorColumn ? afterFirstCell(record, delimiter) : record),
    after: newline,
    end: () => empty,
  }
}

/** `INVALID_EMAIL: "email" must be …; MISSING_FIELD: …` */
function sentence(errors: readonly RejectReason[]): string {
  return errors
    .map(({ code, message }) => (message === undefined ? code : `${code}: ${message.replace(/\.$/, '')}`))
    .join('; ')
}

/** Safe in a spreadsheet: a message may quote the file. */
function cell(text: string, delimiter: string): string {
  const safe = guard(text.replace(/\s+/g, ' '))
  return safe.includes('"') || safe.includes(delimiter) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const quote = 0x22

/** The record without its first cell. A record of one cell is returned whole: its first column was removed by hand. */
function afterFirstCell(record: Buffer, delimiter: string): Buffer {
  let at = 0
  if (record[0] === quote) {
    at = record.indexOf(quote, 1)
    while (at !== -1 && record[at + 1] === quote) at = record.indexOf(quote, at + 2)
    if (at === -1) return record
  }
  const end = record.indexOf(delimiter, at)
  return end === -1 ? record : record.subarray(end + delimiter.length)
}
