// CSV bytes → record batches: parses strictly, with each record's position; a fault comes after the good records.
import { LadingError } from '../../../errors/lading-error.ts'
import { type Note, pushNote } from '../../record/note.ts'
import type { Header, RecordBatch } from '../../record/record-batch.ts'
import type { SourceRecord } from '../../record/source-record.ts'
import type { DecodeOptions, DecodeResume } from '../format.ts'
import { type Consume, carry } from '../text/carry.ts'
import { type DecodedText, decodeUtf8 } from '../text/utf8.ts'
import { isBlankLine, isBlankRecord } from './blank.ts'
import { csvFaults } from './csv-faults.ts'
import { readDialect } from './dialect.ts'
import { unguard } from './formula-guard.ts'
import { type Scan, scanCsv } from './scan.ts'

const cr = 0x0d

/**
 * Decodes CSV with a header (RFC 4180). LF, CR LF and CR end a line; four delimiters are supported.
 * Stops after the batch that has a fault.
 */
export function decodeCsv(chunks: AsyncIterable<Buffer>, options: DecodeOptions): AsyncIterable<RecordBatch> {
  const decoder = new CsvDecoder(options)
  return options.resumeFrom === undefined
    ? carry(chunks, decoder.consume, decoder.skip)
    : resume(options.resumeFrom, carry(chunks, decoder.consume, undefined))
}

/** Yields the header first, because consumers of the records expect it. */
async function* resume(
  { header, position }: DecodeResume,
  rest: AsyncIterable<RecordBatch>,
): AsyncGenerator<RecordBatch> {
  if (header === undefined) {
    throw new LadingError('INTERNAL', 'A CSV import can only resume after its header.')
  }
  yield { header, records: [], end: position }
  yield* rest
}

interface BatchContent {
  readonly isAscii?: boolean
  readonly header?: Header | undefined
  readonly records: readonly SourceRecord[]
  readonly notes: readonly Note[]
}

class CsvDecoder {
  private dialect: (Pick<Header, 'directive'> & { readonly delimiter: string | undefined }) | undefined
  private header: Header | undefined
  private byte: number
  private line: number
  private rowNumber: number

  constructor(private readonly options: DecodeOptions) {
    const { position, header } = options.resumeFrom ?? { position: { byte: 0, rowNumber: 0, line: 0 } }
    this.header = this.dialect = header
    this.byte = position.byte
    this.line = position.line
    this.rowNumber = position.rowNumber
  }

  readonly skip = (bytes: number): void => {
    this.byte += bytes
  }

  readonly consume: Consume = (bytes, final) => {
    // Hold back a final CR: an LF may follow it, and a reader must not resume between the two.
    const complete = !final && bytes[bytes.length - 1] === cr ? bytes.subarray(0, -1) : bytes
    let decoded = decodeUtf8(complete, final)
    let skipped = 0
    if (this.dialect === undefined) {
      const prefix = this.readPrefix(decoded, final)
      skipped = prefix.bytes
      if (this.dialect === undefined)
        return { consumed: skipped, result: this.batch({ records: [], notes: [] }, prefix.fault) }
      decoded = withoutPrefix(decoded, prefix)
    }
    const delimiter = this.dialect.delimiter ?? ','
    // Nothing after an invalid byte is read, so the record that contains it stays incomplete.
    const scan = scanCsv(decoded.text, delimiter.charCodeAt(0), final && decoded.invalidAt === undefined)
    const { bytes: read, fault, ...found } = this.toBatch(decoded, scan)
    return {
      consumed: skipped + read,
      result: this.batch(
        { ...found, isAscii: decoded.ascii },
        fault ?? this.faultOf(decoded, scan, decoded.length - read, final),
      ),
    }
  }

  private batch({ header, ...content }: BatchContent, fault: LadingError | undefined): RecordBatch {
    const end = { byte: this.byte, rowNumber: this.rowNumber, line: this.line }
    return { ...(header && { header }), ...content, end, ...(fault && { fault }) }
  }

  /** Skips blank lines and a `sep=` line, and detects the dialect once enough of the file is read. */
  private readPrefix({ text, invalidAt }: DecodedText, final: boolean) {
    const blank = /^[\r\n]*/.exec(text)?.[0] ?? ''
    const dialect = readDialect(text.slice(blank.length), this.options, final || invalidAt !== undefined)
    const isKnown = typeof dialect === 'object'
    const prefix = text.slice(0, blank.length + (isKnown ? dialect.skip : 0))
    const bytes = Buffer.byteLength(prefix)
    this.moveForward(bytes, prefix.match(/\r\n|\r|\n/g)?.length ?? 0)
    if (isKnown && dialect.delimiter !== undefined) this.dialect = dialect
    const fault =
      dialect === 'too large'
        ? this.tooLarge()
        : isKnown && dialect.delimiter === undefined
          ? csvFaults.delimiterUnread(dialect.directive)
          : undefined
    return { bytes, characters: prefix.length, fault }
  }

  /** Converts scanned records to records with a position in the file. The first one in the file is the header. */
  private toBatch({ text, ascii }: DecodedText, scan: Scan) {
    const { excel = false } = this.options
    const records: SourceRecord[] = []
    const notes: Note[] = []
    let header: Header | undefined
    let index = 0
    let bytes = 0
    const advance = (to: number) => {
      const step = ascii ? to - index : Buffer.byteLength(text.slice(index, to))
      index = to
      bytes += step
      return step
    }
    for (const found of scan.records) {
      advance(found.start)
      const offset = this.byte + bytes
      const length = advance(found.end)
      if (length > this.options.maxRecordBytes) {
        this.moveForward(bytes - length, found.line)
        return { records, notes, header, bytes: bytes - length, fault: this.tooLarge() }
      }
      if (isBlankLine(found, this.header)) continue
      if (isBlankRecord(found, this.header)) {
        const skipped = { offset, line: this.line + found.line + 1 }
        this.rowNumber++
        pushNote(notes, { code: 'BLANK_RECORDS', rowNumber: this.rowNumber, count: 1, skipped })
        continue
      }
      const columns = this.header === undefined ? countNamedColumns(found.cells) : 0
      if (columns > this.options.maxColumns) {
        this.moveForward(bytes - length, found.line)
        const fault = csvFaults.tooManyColumns(columns, this.options.maxColumns)
        return { records, notes, header, bytes: bytes - length, fault }
      }
      this.rowNumber++
      const raw = text.slice(found.start, found.end)
      const cells = excel ? unguardCells(found.cells) : found.cells
      if (this.header === undefined) {
        header = this.header = {
          cells,
          text: raw,
          delimiter: this.dialect?.delimiter ?? ',',
          directive: this.dialect?.directive,
        }
        continue
      }
      records.push({
        rowNumber: this.rowNumber,
        line: this.line + found.line + 1,
        offset,
        length,
        raw,
        content: cells,
        problem: undefined,
      })
    }
    advance(scan.consumed)
    this.moveForward(bytes, scan.lines)
    return { records, notes, header, bytes, fault: undefined }
  }

  private moveForward(bytes: number, lines: number): void {
    this.byte += bytes
    this.line += lines
  }

  /** Fault of the incomplete record at the end, of which `rest` bytes were read. */
  private faultOf(
    { text, invalidAt }: DecodedText,
    { fault, consumed }: Scan,
    rest: number,
    final: boolean,
  ): LadingError | undefined {
    const { maxRecordBytes } = this.options
    // Check the size first: whether the fault is seen must not depend on the size of the chunks.
    if (fault !== undefined && Buffer.byteLength(text.slice(consumed, fault.at)) <= maxRecordBytes) {
      return csvFaults.badQuote(fault.message, this.line + 1)
    }
    if (rest > maxRecordBytes) return this.tooLarge()
    if (invalidAt !== undefined) return csvFaults.notUtf8(this.byte + rest, this.line + 1)
    return final && this.header === undefined ? csvFaults.empty() : undefined
  }

  private tooLarge(): LadingError {
    return csvFaults.tooLarge(this.line + 1, this.options.maxRecordBytes)
  }
}

/** The decoded text without the prefix that was skipped. */
function withoutPrefix(
  decoded: DecodedText,
  { bytes, characters }: { bytes: number; characters: number },
): DecodedText {
  if (bytes === 0) return decoded
  const { text, ascii, length, invalidAt } = decoded
  return {
    text: text.slice(characters),
    ascii,
    length: length - bytes,
    invalidAt: invalidAt === undefined ? undefined : invalidAt - bytes,
  }
}

/** Counts columns up to the last named one: spreadsheets write thousands of columns without a name. */
function countNamedColumns(cells: readonly (string | null)[]): number {
  return cells.findLastIndex(cell => cell !== null) + 1
}

function unguardCells(cells: readonly (string | null)[]): (string | null)[] {
  return cells.map(cell => (cell === null ? null : unguard(cell)))
}
