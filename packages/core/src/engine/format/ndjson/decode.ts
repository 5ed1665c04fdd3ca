// NDJSON bytes → record batches: one object per line; an invalid line is a record with a problem, and decoding continues.
import { isUtf8 } from 'node:buffer'
import type { LadingError } from '../../../errors/lading-error.ts'
import type { Position, RecordBatch } from '../../record/record-batch.ts'
import type { RecordProblem, SourceRecord } from '../../record/source-record.ts'
import type { DecodeOptions } from '../format.ts'
import { documentOf, maxLookaheadBytes, notNdjsonFault } from '../json/document.ts'
import { isObject, objectProblem, shapeOf } from '../json/object.ts'
import { tooLargeMessage } from '../record-too-large.ts'
import { type Consume, carry } from '../text/carry.ts'

const lf = 0x0a

/** End position for a file that is rejected as a whole: a retry starts at its first byte. */
const fileStart: Position = { byte: 0, rowNumber: 0, line: 0 }

/** Decodes NDJSON. A line ends with LF; a CR before it is white space. A blank line is counted and skipped. */
export function decodeNdjson(
  chunks: AsyncIterable<Buffer>,
  options: DecodeOptions,
): AsyncIterable<RecordBatch> {
  const decoder = new NdjsonDecoder(options)
  return carry(chunks, decoder.consume, options.resumeFrom === undefined ? decoder.skip : undefined)
}

class NdjsonDecoder {
  private byte: number
  private line: number
  /** Bytes read of a line that is too long; the rest of it is skipped without being buffered. */
  private overlong = 0
  /** What the file is if that line is the whole file. */
  private instead: LadingError | undefined
  /** The first record was examined: the file is NDJSON, and invalid lines are reported one by one. */
  private isChecked: boolean
  private hasRecords: boolean

  constructor(private readonly options: DecodeOptions) {
    this.byte = options.resumeFrom?.position.byte ?? 0
    this.line = options.resumeFrom?.position.line ?? 0
    this.isChecked = this.hasRecords = options.resumeFrom !== undefined
  }

  readonly skip = (bytes: number): void => {
    this.byte += bytes
  }

  readonly consume: Consume = (bytes, final) => {
    const fault = this.isChecked ? undefined : this.checkStart(bytes, final)
    if (fault !== undefined) return { consumed: 0, result: this.emptyBatch(fault) }
    const records: SourceRecord[] = []
    let start = 0
    while (start < bytes.length) {
      let end = bytes.indexOf(lf, start)
      if (end === -1 && !final) break
      if (end === -1) end = bytes.length
      const record = this.readLine(bytes, start, end)
      if (record !== undefined) records.push(record)
      const next = Math.min(end + 1, bytes.length)
      this.byte += next - start
      start = next
    }
    if (bytes.length - start > this.options.maxRecordBytes || (this.overlong > 0 && start < bytes.length)) {
      if (this.overlong === 0) this.inspect(bytes.subarray(start))
      this.overlong += bytes.length - start
      this.byte += bytes.length - start
      start = bytes.length
    } else if (final && this.overlong > 0) {
      records.push(this.tooLarge(0))
    }
    // Do not allow a resume within a line that is too long: its rest would be taken for a line.
    const byte = this.byte - this.overlong
    return { consumed: start, result: { records, end: { byte, rowNumber: this.line, line: this.line } } }
  }

  private emptyBatch(fault: LadingError | 'more'): RecordBatch {
    if (fault !== 'more') return { records: [], end: fileStart, fault }
    return { records: [], end: { byte: this.byte, rowNumber: this.line, line: this.line } }
  }

  /** Checks whether the first line is a record. Returns a fault if the file is not NDJSON, and `'more'` to wait for more bytes. */
  private checkStart(bytes: Buffer, final: boolean): LadingError | 'more' | undefined {
    const start = bytes.findIndex(byte => !isSpace(byte))
    if (start === -1) return undefined
    const end = bytes.indexOf(lf, start)
    if (end === -1 && !final) return undefined
    const line = bytes.subarray(start, end === -1 ? bytes.length : end)
    const isRecord =
      line.length > this.options.maxRecordBytes || !opensValue(line[0]) || isJson(line.toString())
    if (!isRecord && !final && bytes.length - start < maxLookaheadBytes) return 'more'
    this.isChecked = true
    const document = isRecord ? undefined : documentOf(bytes.subarray(start, start + maxLookaheadBytes))
    return document && notNdjsonFault(document)
  }

  /** Looks for nested records in a first line that is too long to be a record. */
  private inspect(line: Buffer): void {
    this.isChecked = true
    if (this.hasRecords || !opensValue(line[0])) return
    const document = documentOf(line.subarray(0, Math.min(maxLookaheadBytes, this.options.maxRecordBytes)))
    this.instead = document && notNdjsonFault(document)
  }

  private readLine(bytes: Buffer, start: number, end: number): SourceRecord | undefined {
    const length = end - start
    if (this.overlong > 0 || length > this.options.maxRecordBytes) {
      if (this.overlong === 0) this.inspect(bytes.subarray(start, end))
      return this.tooLarge(length)
    }
    this.line++
    const line = bytes.subarray(start, end)
    if (!isUtf8(line)) {
      return this.record(line.toString('latin1'), length, undefined, {
        code: 'INVALID_ENCODING',
        message: 'The line is not UTF-8; save the file as UTF-8.',
      })
    }
    const raw = line.toString()
    if (raw.trim() === '') return undefined
    const content = parseObject(raw, this.options.maxColumns)
    return 'code' in content
      ? this.record(raw, length, undefined, content)
      : this.record(raw, length, content.object, undefined)
  }

  private record(
    raw: string,
    length: number,
    content: SourceRecord['content'],
    problem: RecordProblem | undefined,
  ): SourceRecord {
    this.hasRecords = true
    return { rowNumber: this.line, line: this.line, offset: this.byte, length, raw, content, problem }
  }

  private tooLarge(rest: number): SourceRecord {
    const length = this.overlong + rest
    this.line++
    const record = this.record('', length, undefined, {
      code: 'RECORD_TOO_LARGE',
      message: tooLargeMessage(
        `Line ${this.line} has ${length} bytes, and the limit is ${this.options.maxRecordBytes}`,
        'the objects are not each on a line of their own',
      ),
      ...(this.instead && { fileFault: this.instead }),
    })
    this.overlong = 0
    this.instead = undefined
    return { ...record, offset: this.byte - (length - rest) }
  }
}

function parseObject(
  raw: string,
  maxKeys: number,
): RecordProblem | { readonly object: Record<string, unknown> } {
  let value: unknown
  try {
    value = JSON.parse(raw)
  } catch {
    return {
      code: 'FILE_PARSE_ERROR',
      message: `The line is not valid JSON; each line must be one whole object.${hint(raw)}`,
    }
  }
  if (!isObject(value)) {
    return {
      code: 'NOT_AN_OBJECT',
      message: `The line is not a JSON object; each line must be one, such as {"field": value}.${hint(raw)}`,
    }
  }
  return objectProblem(value, shapeOf(raw), maxKeys) ?? { object: value }
}

/** Whether a byte is a bracket, which a JSON value over several lines begins with. */
function opensValue(byte: number | undefined): boolean {
  return byte === 0x7b || byte === 0x5b
}

/** White space of JSON (RFC 8259, 2). */
function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0d || byte === 0x09 || byte === lf
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** What the file may be instead, judging by the start of the line. */
function hint(raw: string): string {
  const line = raw.trim()
  if (line.startsWith('[')) return ' If the file is one JSON array, its format is json.'
  if (line === '{') return ' If the objects are spread over lines, put each of them on one.'
  return ''
}
