// CSV bytes → record batches: strict, with each record's place, and faults behind the good records.
import { LadingError } from '../../../errors/lading-error.ts'
import { type Note, pushNote } from '../../record/note.ts'
import type { Header, RecordBatch } from '../../record/record-batch.ts'
import type { SourceRecord } from '../../record/source-record.ts'
import type { DecodeFrom, DecodeOptions } from '../format.ts'
import { type Consume, carry } from '../text/carry.ts'
import { type DecodedText, decodeUtf8 } from '../text/utf8.ts'
import { isBlankLine, isBlankRecord } from './blank.ts'
import { readDialect } from './dialect.ts'
import { faults } from './faults.ts'
import { unguard } from './formula-guard.ts'
import { type Scan, scanCsv } from './scan.ts'

const cr = 0x0d

/**
 * Decodes CSV with a header (RFC 4180; LF, CR LF and CR end a line; cells stand between any of four delimiters).
 * Stops behind the batch that has a fault.
 */
export function decodeCsv(chunks: AsyncIterable<Buffer>, options: DecodeOptions): AsyncIterable<RecordBatch> {
  const decoder = new CsvDecoder(options)
  return options.from === undefined
    ? carry(chunks, decoder.consume, decoder.skip)
    : goOn(options.from, carry(chunks, decoder.consume, undefined))
}

/** The header comes first, as whoever reads the records expects. */
async function* goOn(
  { header, position }: DecodeFrom,
  rest: AsyncIterable<RecordBatch>,
): AsyncGenerator<RecordBatch> {
  if (header === undefined) {
    throw new LadingError('INTERNAL', 'A CSV file can only be gone on with behind its header.')
  }
  yield { header, records: [], end: position }
  yield* rest
}

interface Found {
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
    const { position, header } = options.from ?? { position: { byte: 0, rowNumber: 0, line: 0 } }
    this.header = this.dialect = header
    this.byte = position.byte
    this.line = position.line
    this.rowNumber = position.rowNumber
  }

  readonly skip = (bytes: number): void => {
    this.byte += bytes
  }

  readonly consume: Consume = (bytes, final) => {
    // Whether a CR at the end has an LF behind it is not known yet, and no place to begin again lies between them.
    const known = !final && bytes[bytes.length - 1] === cr ? bytes.subarray(0, -1) : bytes
    let decoded = decodeUtf8(known, final)
    let begun = 0
    if (this.dialect === undefined) {
      const beginning = this.begin(decoded, final)
      begun = beginning.bytes
      if (this.dialect === undefined)
        return { consumed: begun, result: this.batch({ records: [], notes: [] }, beginning.fault) }
      decoded = behind(decoded, beginning)
    }
    const delimiter = this.dialect.delimiter ?? ','
    // Behind an invalid byte nothing is read, so the record that holds it stays incomplete.
    const scan = scanCsv(decoded.text, delimiter.charCodeAt(0), final && decoded.invalidAt === undefined)
    const { bytes: read, fault, ...found } = this.toBatch(decoded, scan)
    return {
      consumed: begun + read,
      result: this.batch(
        { ...found, isAscii: decoded.ascii },
        fault ?? this.faultOf(decoded, scan, decoded.length - read, final),
      ),
    }
  }

  private batch({ header, ...found }: Found, fault: LadingError | undefined): RecordBatch {
    const end = { byte: this.byte, rowNumber: this.rowNumber, line: this.line }
    return { ...(header && { header }), ...found, end, ...(fault && { fault }) }
  }

  /** Passes blank lines and a `sep=` line, and finds the dialect if enough of the file is known. */
  private begin({ text, invalidAt }: DecodedText, final: boolean) {
    const blank = /^[\r\n]*/.exec(text)?.[0] ?? ''
    const dialect = readDialect(text.slice(blank.length), this.options, final || invalidAt !== undefined)
    const isKnown = typeof dialect === 'object'
    const passed = text.slice(0, blank.length + (isKnown ? dialect.skip : 0))
    const bytes = Buffer.byteLength(passed)
    this.settle(bytes, passed.match(/\r\n|\r|\n/g)?.length ?? 0)
    if (isKnown && dialect.delimiter !== undefined) this.dialect = dialect
    const fault =
      dialect === 'too large'
        ? this.tooLarge()
        : isKnown && dialect.delimiter === undefined
          ? faults.delimiterUnread(dialect.directive)
          : undefined
    return { bytes, characters: passed.length, fault }
  }

  /** Scanned records as records with a place in the file; the first one ever is the header. */
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
        this.settle(bytes - length, found.line)
        return { records, notes, header, bytes: bytes - length, fault: this.tooLarge() }
      }
      if (isBlankLine(found, this.header)) continue
      if (isBlankRecord(found, this.header)) {
        const skipped = { offset, line: this.line + found.line + 1 }
        this.rowNumber++
        pushNote(notes, { code: 'BLANK_RECORDS', rowNumber: this.rowNumber, count: 1, skipped })
        continue
      }
      const columns = this.header === undefined ? namedColumns(found.cells) : 0
      if (columns > this.options.maxColumns) {
        this.settle(bytes - length, found.line)
        const fault = faults.tooManyColumns(columns, this.options.maxColumns)
        return { records, notes, header, bytes: bytes - length, fault }
      }
      this.rowNumber++
      const raw = text.slice(found.start, found.end)
      const cells = excel ? unguarded(found.cells) : found.cells
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
    this.settle(bytes, scan.lines)
    return { records, notes, header, bytes, fault: undefined }
  }

  private settle(bytes: number, lines: number): void {
    this.byte += bytes
    this.line += lines
  }

  /** The fault of the record that is left over, of which `rest` bytes are known. */
  private faultOf(
    { text, invalidAt }: DecodedText,
    { fault, consumed }: Scan,
    rest: number,
    final: boolean,
  ): LadingError | undefined {
    const { maxRecordBytes } = this.options
    // A longer record is too large first: whether its fault is seen must not depend on the size of the chunks.
    if (fault !== undefined && Buffer.byteLength(text.slice(consumed, fault.at)) <= maxRecordBytes) {
      return faults.badQuote(fault.message, this.line + 1)
    }
    if (rest > maxRecordBytes) return this.tooLarge()
    if (invalidAt !== undefined) return faults.notUtf8(this.byte + rest, this.line + 1)
    return final && this.header === undefined ? faults.empty() : undefined
  }

  private tooLarge(): LadingError {
    return faults.tooLarge(this.line + 1, this.options.maxRecordBytes)
  }
}

/** What is decoded, without what was passed at its beginning. */
function behind(
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

/** Up to the last one with a name: spreadsheets write thousands of columns without. */
function namedColumns(cells: readonly (string | null)[]): number {
  return cells.findLastIndex(cell => cell !== null) + 1
}

function unguarded(cells: readonly (string | null)[]): (string | null)[] {
  return cells.map(cell => (cell === null ? null : unguard(cell)))
}
