// Records that did not get in → a file in the format they came in: what stands before, between and behind their bytes.

import { guard } from '../../format/csv/formula-guard.ts'
import type { Header } from '../../record/record-batch.ts'
import { errorColumn } from '../../resource/mapping/header.ts'

/** A broken rule; without its sentence where that is not kept. */
export interface Explained {
  readonly code: string
  readonly message?: string | undefined
}

/** One file, printed from its beginning to its end. */
export interface RejectsFile {
  begin(): Buffer
  /** What stands before the next record. */
  before(errors: readonly Explained[]): Buffer
  /** The part of a record's bytes that is the record itself: not the errors of the import before. */
  own(record: Buffer): Buffer
  /** What stands behind each record. */
  readonly after: Buffer
  end(): Buffer
}

export interface RejectsFileOptions {
  readonly format: string
  /** Of a CSV file; undefined where it has none that can be read. */
  readonly header: Header | undefined
  /** Whether the errors are told: in CSV, in a first column that an import ignores. */
  readonly explained: boolean
}

export function rejectsFile(options: RejectsFileOptions): RejectsFile {
  if (options.format === 'csv') return csvFile(options)
  return options.format === 'json' ? jsonFile() : lines
}

const empty = Buffer.alloc(0)
const newline = Buffer.from('\n')

const lines: RejectsFile = {
  begin: () => empty,
  before: () => empty,
  own: record => record,
  after: newline,
  end: () => empty,
}

function jsonFile(): RejectsFile {
  let isFirst = true
  return {
    ...lines,
    before() {
      const between = isFirst ? '[\n' : ',\n'
      isFirst = false
      return Buffer.from(between)
    },
    after: empty,
    end: () => Buffer.from(isFirst ? '[]\n' : '\n]\n'),
  }
}

function csvFile({ header, explained }: RejectsFileOptions): RejectsFile {
  if (header === undefined) return lines
  const { delimiter, directive, text, cells } = header
  const prefix = directive === undefined ? '' : `${directive}\n`
  if (!explained) return { ...lines, begin: () => Buffer.from(`${prefix}${text}\n`) }
  // A mended file that is rejected once more has the column already; its errors are those of the time before.
  const hasColumn = cells[0]?.trim().toLowerCase() === errorColumn
  return {
    begin: () => Buffer.from(`${prefix}${hasColumn ? '' : errorColumn + delimiter}${text}\n`),
    before: errors => Buffer.from(cell(sentence(errors), delimiter) + delimiter),
    own: record => (hasColumn ? behindFirstCell(record, delimiter) : record),
    after: newline,
    end: () => empty,
  }
}

/** `INVALID_EMAIL: "email" must be …; MISSING_FIELD: …` */
function sentence(errors: readonly Explained[]): string {
  return errors
    .map(({ code, message }) => (message === undefined ? code : `${code}: ${message.replace(/\.$/, '')}`))
    .join('; ')
}

/** Safe in a spreadsheet: a message may quote what the file holds. */
function cell(text: string, delimiter: string): string {
  const safe = guard(text.replace(/\s+/g, ' '))
  return safe.includes('"') || safe.includes(delimiter) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const quote = 0x22

/** The whole record where it is one cell: then the column was taken off by hand. */
function behindFirstCell(record: Buffer, delimiter: string): Buffer {
  let at = 0
  if (record[0] === quote) {
    at = record.indexOf(quote, 1)
    while (at !== -1 && record[at + 1] === quote) at = record.indexOf(quote, at + 2)
    if (at === -1) return record
  }
  const end = record.indexOf(delimiter, at)
  return end === -1 ? record : record.subarray(end + delimiter.length)
}
