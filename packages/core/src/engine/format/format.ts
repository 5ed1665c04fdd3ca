// The contract of a file format: decodes bytes to records, and encodes a select as a COPY statement.
import type { Header, Position, RecordBatch } from '../record/record-batch.ts'

export type Delimiter = ',' | ';' | '\t' | '|'

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

/** Options for converting the bytes of a file to UTF-8 text. */
export interface TextOptions {
  /** @defaultValue the encoding of the byte order mark, else UTF-8 */
  readonly encoding?: Encoding | undefined
  /** @defaultValue `'none'` */
  readonly compression?: 'none' | 'gzip' | undefined
}

/** CSV options; other formats ignore them. */
export interface CsvOptions {
  /** @defaultValue from the `sep=` line, else the most frequent delimiter in the header */
  readonly delimiter?: Delimiter | undefined
  /** Removes the formula guard from every cell. @defaultValue false */
  readonly excel?: boolean | undefined
}

/** A position that an earlier run on the same file reached, with the state it had there. */
export interface DecodeResume {
  /** The end of a batch, or the start of a record. */
  readonly position: Position
  /** Header of a CSV file, which can only resume after its header. */
  readonly header?: Header | undefined
}

export interface DecodeOptions extends CsvOptions {
  /** Maximum length of a record in bytes. */
  readonly maxRecordBytes: number
  /** Maximum number of columns in a header, and of keys in an object. */
  readonly maxColumns: number
  /**
   * Resumes in the middle: the chunks begin at this byte of the text. The output after it is the same as in a run from
   * the start, and the header is yielded again. @defaultValue the start
   */
  readonly resumeFrom?: DecodeResume | undefined
}

/** One column of an export, with an SQL expression for each output format. */
export interface ExportColumn {
  /** The field's name. */
  readonly name: string
  /** The field's name, quoted as an identifier. */
  readonly alias: string
  /** SQL expression of the value for CSV. */
  readonly csv: string
  /** SQL expression of the value for JSON. */
  readonly json: string
  /** The value can be arbitrary text, unlike a number, a date or a boolean. */
  readonly isText: boolean
}

export interface ExportQuery {
  readonly columns: readonly ExportColumn[]
  /** The complete `from … where … order by … limit …`. */
  readonly source: string
}

/** A column whose values are already text. */
export type FileColumn = Pick<ExportColumn, 'name' | 'isText'>

export interface RowPrinter {
  /** Text before the first row. */
  readonly beginning: string
  /**
   * Prints a row with its line ending.
   *
   * @param values results of the columns' `csv` or `json` expressions; null for no value
   */
  row(values: readonly (string | null)[]): string
}

/** A stage after printing: bytes in, bytes out, independent of chunk boundaries. */
export type ByteTransform = (printed: AsyncIterable<Buffer>) => AsyncIterable<Buffer>

/** CSV options; other formats do not receive them. */
export interface EncodeOptions {
  /** @defaultValue `,` */
  readonly delimiter?: Delimiter | undefined
  /** Begins the file with the column names. @defaultValue true */
  readonly header?: boolean | undefined
  /** Guards text that Excel would evaluate. A later pass adds the BOM and CRLF. @defaultValue false */
  readonly excel?: boolean | undefined
}

/**
 * A file format. Implementations are stateless: each call of `decode` is an independent run. The same bytes give the
 * same records, regardless of chunk boundaries.
 */
export interface Format {
  readonly name: string
  /** Media type of a file in this format (RFC 6838). */
  readonly mediaType: string
  /** What records contain: text to be parsed, or typed JSON values. */
  readonly values: 'text' | 'json'
  /** File name extensions, with the dot, in lower case. */
  readonly extensions: readonly string[]
  /** Decodes UTF-8 text to records. Reports faults of the file in band (see `RecordBatch.fault`); throws only errors of the source. */
  decode(chunks: AsyncIterable<Buffer>, options: DecodeOptions): AsyncIterable<RecordBatch>
  /** Returns the COPY … TO STDOUT statement with which PostgreSQL prints the file itself. */
  encode(query: ExportQuery, options?: EncodeOptions): string
  /** Prints the same bytes as that statement, for rows that pass through Node. */
  rowPrinter(columns: readonly FileColumn[], options: EncodeOptions): RowPrinter
  /** Converts the output of either into a complete file; undefined if it is one already. */
  frame?(columns: readonly FileColumn[], options: EncodeOptions): ByteTransform | undefined
}
