// CSV bytes → record batches: parses strictly, with each record's position; a fault comes after the good records.
import { LadingError } from '../../../errors/lading-error.ts'
import { CellBlock, type CellBlockOptions, cellNumbers, recordNumbers } from '../../record/cell-block.ts'
import { type Note, pushNote } from '../../record/note.ts'
import type { Header, RecordBatch } from '../../record/record-batch.ts'
import type { SourceRecord } from '../../record/source-record.ts'
import type { DecodeOptions, DecodeResume } from '../format.ts'
import { type Consume, carry } from '../text/carry.ts'
import { type ValidText, validateUtf8 } from '../text/utf8.ts'
import { isBlankLine, isBlankRecord } from './blank.ts'
import { csvFaults } from './csv-faults.ts'
import { readDialect } from './dialect.ts'
import { unguard } from './formula-guard.ts'
import { CsvScanner, type Scan } from './scan.ts'

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

type ScannedText = Pick<CellBlockOptions, 'bytes' | 'isAscii' | 'respell'>

interface DecodedRecords {
  readonly records: readonly SourceRecord[]
  readonly notes: readonly Note[]
  readonly header: Header | undefined
  /** Bytes read. */
  readonly bytes: number
  readonly fault?: LadingError | undefined
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
  private scanner: CsvScanner | undefined

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

  readonly consume: Consume = (piece, final) => {
    // Hold back a final CR: an LF may follow it, and a reader must not resume between the two.
    const complete = !final && piece[piece.length - 1] === cr ? piece.subarray(0, -1) : piece
    let text = validateUtf8(complete, final)
    let bytes = complete.subarray(0, text.length)
    let skipped = 0
    if (this.dialect === undefined) {
      const prefix = this.readPrefix(bytes, final || text.invalidAt !== undefined)
      skipped = prefix.bytes
      if (this.dialect === undefined)
        return { consumed: skipped, result: this.batch({ records: [], notes: [] }, prefix.fault) }
      bytes = bytes.subarray(skipped)
      text = afterPrefix(text, skipped)
    }
    this.scanner ??= new CsvScanner(this.dialect.delimiter ?? ',')
    // Nothing after an invalid byte is read, so the record that contains it stays incomplete.
    const scan = this.scanner.scan(bytes, final && text.invalidAt === undefined)
    const scanned = { bytes, isAscii: text.ascii, respell: this.options.excel === true ? unguard : undefined }
    const { bytes: read, fault, ...found } = this.toBatch(scanned, this.scanner, scan)
    return {
      consumed: skipped + read,
      result: this.batch(
        { ...found, isAscii: text.ascii },
        fault ?? this.faultOf(text, scan, text.length - read, final),
      ),
    }
  }

  private batch({ header, ...content }: BatchContent, fault: LadingError | undefined): RecordBatch {
    const end = { byte: this.byte, rowNumber: this.rowNumber, line: this.line }
    return { ...(header && { header }), ...content, end, ...(fault && { fault }) }
  }

  /** Skips blank lines and a `sep=` line, and detects the dialect once enough of the file is read. */
  private readPrefix(bytes: Buffer, final: boolean) {
    const text = bytes.toString()
    const blank = /^[\r\n]*/.exec(text)?.[0] ?? ''
    const dialect = readDialect(text.slice(blank.length), this.options, final)
    const isKnown = typeof dialect === 'object'
    const prefix = text.slice(0, blank.length + (isKnown ? dialect.skip : 0))
    const length = Buffer.byteLength(prefix)
    this.moveForward(length, prefix.match(/\r\n|\r|\n/g)?.length ?? 0)
    if (isKnown && dialect.delimiter !== undefined) this.dialect = dialect
    const fault =
      dialect === 'too large'
        ? this.tooLarge()
        : isKnown && dialect.delimiter === undefined
          ? csvFaults.delimiterUnread(dialect.directive)
          : undefined
    return { bytes: length, fault }
  }

  /** Scanned records → records with a position in the file. The first one in the file is the header. */
  private toBatch(
    text: ScannedText,
    { records, cells }: CsvScanner,
    { count, ...scan }: Scan,
  ): DecodedRecords {
    const { maxRecordBytes, maxColumns } = this.options
    const position = { byte: this.byte, line: this.line, rowNumber: this.rowNumber }
    const notes: Note[] = []
    let header: Header | undefined
    /** Records that are neither blank nor the header move to the front of `records`. */
    let kept = 0
    const decoded = (bytes: number, lines: number): DecodedRecords => {
      this.moveForward(bytes, lines)
      const block = { ...text, position, records: records.slice(0, kept * recordNumbers) }
      return { records: kept === 0 ? [] : blockOf(block, cells).records(), notes, header, bytes }
    }
    for (let index = 0; index < count; index++) {
      const at = index * recordNumbers
      const start = records[at] as number
      const length = (records[at + 1] as number) - start
      const line = records[at + 2] as number
      const firstCell = records[at + 4] as number
      const cellCount = records[at + 5] as number
      if (length > maxRecordBytes) return { ...decoded(start, line), fault: this.tooLarge() }
      const headerWidth = this.header?.cells.length
      if (length === 0 && isBlankLine(cellCount, headerWidth)) continue
      if (isBlankRecord(cells, firstCell, cellCount) && headerWidth !== 1) {
        const skipped = { offset: this.byte + start, line: this.line + line + 1 }
        this.rowNumber++
        pushNote(notes, { code: 'BLANK_RECORDS', rowNumber: this.rowNumber, count: 1, skipped })
        continue
      }
      if (this.header === undefined) {
        const only = { ...text, position, records: records.slice(at, at + recordNumbers) }
        const [record] = blockOf(only, cells).records()
        const names = record?.content ?? []
        const columns = countNamedColumns(names)
        if (columns > maxColumns) {
          return { ...decoded(start, line), fault: csvFaults.tooManyColumns(columns, maxColumns) }
        }
        this.rowNumber++
        header = this.header = {
          cells: names,
          text: record?.raw ?? '',
          delimiter: this.dialect?.delimiter ?? ',',
          directive: this.dialect?.directive,
        }
        continue
      }
      this.rowNumber++
      records.copyWithin(kept * recordNumbers, at, at + recordNumbers)
      records[kept * recordNumbers + 3] = this.rowNumber - position.rowNumber
      kept++
    }
    return decoded(scan.consumed, scan.lines)
  }

  private moveForward(bytes: number, lines: number): void {
    this.byte += bytes
    this.line += lines
  }

  /** Fault of the incomplete record at the end, of which `rest` bytes were read. */
  private faultOf(
    { invalidAt }: ValidText,
    { fault, consumed }: Scan,
    rest: number,
    final: boolean,
  ): LadingError | undefined {
    const { maxRecordBytes } = this.options
    // Check the size first: whether the fault is seen must not depend on the size of the chunks.
    if (fault !== undefined && fault.at - consumed <= maxRecordBytes) {
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

function afterPrefix({ ascii, length, invalidAt }: ValidText, bytes: number): ValidText {
  return { ascii, length: length - bytes, invalidAt: invalidAt === undefined ? undefined : invalidAt - bytes }
}

/** A block with its own copy of the cells, since the scanner's are gone with its next scan. */
function blockOf(options: Omit<CellBlockOptions, 'cells'>, cells: Uint32Array): CellBlock {
  const { records } = options
  const [first = 0, count = 0] = records.subarray(-2)
  return new CellBlock({ ...options, cells: cells.slice(0, (first + count) * cellNumbers) })
}

/** Counts columns up to the last named one: spreadsheets write thousands of columns without a name. */
function countNamedColumns(cells: readonly (string | null)[]): number {
  return cells.findLastIndex(cell => cell !== null) + 1
}
