// CSV bytes → record batches: strict, with each record's place, and faults behind the good records.
import { LadingError } from '../../errors/lading-error.ts'
import type { RecordBatch } from '../../record/record-batch.ts'
import type { SourceRecord } from '../../record/source-record.ts'
import { type Consume, carry } from '../carry.ts'
import type { DecodeOptions } from '../format.ts'
import { type DecodedText, decodeUtf8 } from '../utf8.ts'
import { type Scan, type ScannedRecord, scanCsv } from './scan.ts'

const comma = 0x2c
const cr = 0x0d

/** Decodes CSV with a header (RFC 4180; LF, CR LF and CR end a line). Stops behind the batch that has a fault. */
export async function* decodeCsv(
  chunks: AsyncIterable<Buffer>,
  options: DecodeOptions,
): AsyncGenerator<RecordBatch> {
  const decoder = new CsvDecoder(options)
  const batches = carry(chunks, decoder.consume, decoder.skip)
  for await (const batch of batches) {
    yield batch
    if (batch.fault !== undefined) return
  }
}

class CsvDecoder {
  private header: readonly (string | null)[] | undefined
  private byte = 0
  private line = 0
  private rowNumber = 0

  constructor(private readonly options: DecodeOptions) {}

  readonly skip = (bytes: number): void => {
    this.byte += bytes
  }

  readonly consume: Consume<RecordBatch> = (bytes, final) => {
    // Whether a CR at the end has an LF behind it is not known yet, and no place to begin again lies between them.
    const known = !final && bytes[bytes.length - 1] === cr ? bytes.subarray(0, -1) : bytes
    const decoded = decodeUtf8(known, final)
    // Behind an invalid byte nothing is read, so the record that holds it stays incomplete.
    const scan = scanCsv(decoded.text, comma, final && decoded.invalidAt === undefined)
    const batch = this.toBatch(decoded.text, decoded.ascii, scan)
    const rest = decoded.length - batch.bytes
    const fault = batch.fault ?? this.faultOf(decoded, scan, rest, final)
    return {
      consumed: batch.bytes,
      result: {
        ...(batch.header && { header: batch.header }),
        records: batch.records,
        end: { byte: this.byte, rowNumber: this.rowNumber, line: this.line },
        ...(fault && { fault }),
      },
    }
  }

  /** Scanned records as records with a place in the file; the first one ever is the header. */
  private toBatch(text: string, ascii: boolean, scan: Scan) {
    const records: SourceRecord[] = []
    let header: readonly (string | null)[] | undefined
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
        return { records, header, bytes: bytes - length, fault: this.tooLarge() }
      }
      if (isBlank(found, this.header)) continue
      if (this.header === undefined && found.cells.length > this.options.maxColumns) {
        this.settle(bytes - length, found.line)
        return { records, header, bytes: bytes - length, fault: this.tooManyColumns(found.cells.length) }
      }
      this.rowNumber++
      if (this.header === undefined) {
        this.header = found.cells
        header = found.cells
        continue
      }
      records.push({
        rowNumber: this.rowNumber,
        line: this.line + found.line + 1,
        offset,
        length,
        raw: text.slice(found.start, found.end),
        content: found.cells,
        problem: undefined,
      })
    }
    advance(scan.consumed)
    this.settle(bytes, scan.lines)
    return { records, header, bytes, fault: undefined }
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
      return new LadingError(
        'FILE_PARSE_ERROR',
        `${fault.message}, in the record that begins on line ${this.line + 1}; correct the quotes there. The records before it were read.`,
      )
    }
    if (rest > maxRecordBytes) return this.tooLarge()
    if (invalidAt !== undefined) {
      return new LadingError(
        'ENCODING_INVALID',
        `The file is not UTF-8: byte ${this.byte + rest} (line ${this.line + 1} or below) begins no character. Save it as UTF-8.`,
      )
    }
    if (final && this.header === undefined) {
      return new LadingError('FILE_EMPTY', 'The file is empty; a CSV file begins with a header line.')
    }
    return undefined
  }

  private tooLarge(): LadingError {
    return new LadingError(
      'RECORD_TOO_LARGE',
      `The record that begins on line ${this.line + 1} has more than ${this.options.maxRecordBytes} bytes; a quote is missing, or it is no CSV file.`,
    )
  }

  private tooManyColumns(columns: number): LadingError {
    return new LadingError(
      'HEADER_INVALID',
      `The header has ${columns} columns; ${this.options.maxColumns} are the most.`,
    )
  }
}

/** A line without a character is no record, but where there is a single column: there it is an empty cell. */
function isBlank(record: ScannedRecord, header: readonly (string | null)[] | undefined): boolean {
  return record.start === record.end && record.cells.length === 1 && header?.length !== 1
}
