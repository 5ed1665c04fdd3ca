// The contract of a file format: bytes to records on the way in, a select to a COPY statement on the way out.
import type { Header, Position, RecordBatch } from '../record/record-batch.ts'

export type Delimiter = ',' | ';' | '\t' | '|'

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

/** How the bytes of a file become UTF-8 text. */
export interface TextOptions {
  /** @defaultValue what a byte order mark proves, else UTF-8 */
  readonly encoding?: Encoding | undefined
  /** @defaultValue `'none'` */
  readonly compression?: 'none' | 'gzip' | undefined
}

/** What only CSV has; other formats ignore it. */
export interface CsvOptions {
  /** @defaultValue what a `sep=` line says, else what the header has most of */
  readonly delimiter?: Delimiter | undefined
  /** Takes the formula guard off every cell. @defaultValue false */
  readonly excel?: boolean | undefined
}

/** A place that an earlier reading of the same file has reached, and what it had learnt by then. */
export interface DecodeFrom {
  /** The end of a batch, or the beginning of a record. */
  readonly position: Position
  /** Of a CSV file, which can only be gone on with behind it. */
  readonly header?: Header | undefined
}

export interface DecodeOptions extends CsvOptions {
  /** Bytes of the longest record. */
  readonly maxRecordBytes: number
  /** Columns of the widest header, and keys of the widest object. */
  readonly maxColumns: number
  /**
   * Goes on in the middle: the chunks begin at this byte of the text, and everything behind it is told as a reading
   * from the start tells it. The header comes once more. @defaultValue the start
   */
  readonly from?: DecodeFrom | undefined
}

/** One column of an export, with its value as SQL for each way of printing. */
export interface ExportColumn {
  /** The field's name. */
  readonly name: string
  /** The field's name, quoted as an identifier. */
  readonly alias: string
  readonly csv: string
  readonly json: string
  /** What it prints may be any text, unlike a number, a date or a boolean. */
  readonly isText: boolean
}

export interface ExportQuery {
  readonly columns: readonly ExportColumn[]
  /** `from … where … order by … limit …`, complete. */
  readonly source: string
}

/** A column, for a format that prints values which are text already. */
export type FileColumn = Pick<ExportColumn, 'name' | 'isText'>

export interface RowPrinter {
  /** What comes before the first row. */
  readonly beginning: string
  /**
   * A row with its line ending.
   *
   * @param values as the columns' `csv` or `json` prints them; null for none
   */
  row(values: readonly (string | null)[]): string
}

/** A stage behind the printing: bytes in, bytes out, however they are cut. */
export type Pass = (printed: AsyncIterable<Buffer>) => AsyncIterable<Buffer>

/** What only CSV has; other formats are not asked with it. */
export interface EncodeOptions {
  /** @defaultValue `,` */
  readonly delimiter?: Delimiter | undefined
  /** Begin with the names of the columns. @defaultValue true */
  readonly header?: boolean | undefined
  /** Guard what Excel would calculate; BOM and CRLF are a pass behind it. @defaultValue false */
  readonly excel?: boolean | undefined
}

/**
 * A file format. Implementations hold no state: each call of `decode` is a run of its own, and calling it twice
 * with the same bytes gives the same records, however the bytes are cut into chunks.
 */
export interface Format {
  readonly name: string
  /** Media type of a file in this format (RFC 6838). */
  readonly mediaType: string
  /** What records hold: text that has to be parsed, or JSON values that have a type already. */
  readonly values: 'text' | 'json'
  /** File name endings, with the dot, in lower case. */
  readonly extensions: readonly string[]
  /** Records of UTF-8 text. Faults of the file come in band (see `RecordBatch.fault`); only the source's own errors throw. */
  decode(chunks: AsyncIterable<Buffer>, options: DecodeOptions): AsyncIterable<RecordBatch>
  /** The COPY … TO STDOUT that makes PostgreSQL print the file itself. */
  encode(query: ExportQuery, options?: EncodeOptions): string
  /** Prints, byte for byte, what that statement would: for rows that come through Node. */
  rowPrinter(columns: readonly FileColumn[], options: EncodeOptions): RowPrinter
  /** What makes a file of what either of the two has printed; undefined where it is one already. */
  frame?(columns: readonly FileColumn[], options: EncodeOptions): Pass | undefined
}
