// NDJSON bytes → record batches: one object a line; a line that is none is a record with a problem, and reading goes on.
import { isUtf8 } from 'node:buffer'
import type { LadingError } from '../../../errors/lading-error.ts'
import type { Position, RecordBatch } from '../../record/record-batch.ts'
import type { RecordProblem, SourceRecord } from '../../record/source-record.ts'
import type { DecodeOptions } from '../format.ts'
import { documentOf, lookBytes, noNdjson } from '../json/document.ts'
import { isObject, lossOf, shapeOf } from '../json/object.ts'
import { tooLargeMessage } from '../record-too-large.ts'
import { type Consume, carry } from '../text/carry.ts'

const lf = 0x0a

/** Of a file that is refused as a whole: whoever tries again begins at its first byte. */
const fileStart: Position = { byte: 0, rowNumber: 0, line: 0 }

/** Decodes NDJSON. A line ends with LF, a CR before it is white space, and a blank line is counted and skipped. */
export function decodeNdjson(
  chunks: AsyncIterable<Buffer>,
  options: DecodeOptions,
): AsyncIterable<RecordBatch> {
  const decoder = new NdjsonDecoder(options)
  return carry(chunks, decoder.consume, options.from === undefined ? decoder.skip : undefined)
}

class NdjsonDecoder {
  private byte: number
  private line: number
  /** Bytes of a line that was given up for its length; it is read to its end without being kept. */
  private overlong = 0
  /** What the file is if that line is all of it. */
  private instead: LadingError | undefined
  /** The first record has been looked at: the file is NDJSON, or has lines that are broken one by one. */
  private isBegun: boolean
  private hasRecords: boolean

  constructor(private readonly options: DecodeOptions) {
    this.byte = options.from?.position.byte ?? 0
    this.line = options.from?.position.line ?? 0
    this.isBegun = this.hasRecords = options.from !== undefined
  }

  readonly skip = (bytes: number): void => {
    this.byte += bytes
  }

  readonly consume: Consume = (bytes, final) => {
    const fault = this.isBegun ? undefined : this.begin(bytes, final)
    if (fault !== undefined) return { consumed: 0, result: this.nothing(fault) }
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
      if (this.overlong === 0) this.lookAt(bytes.subarray(start))
      this.overlong += bytes.length - start
      this.byte += bytes.length - start
      start = bytes.length
    } else if (final && this.overlong > 0) {
      records.push(this.tooLarge(0))
    }
    // Nobody could begin again within a line that is given up: its end would be taken for a line of its own.
    const byte = this.byte - this.overlong
    return { consumed: start, result: { records, end: { byte, rowNumber: this.line, line: this.line } } }
  }

  private nothing(fault: LadingError | 'more'): RecordBatch {
    if (fault !== 'more') return { records: [], end: fileStart, fault }
    return { records: [], end: { byte: this.byte, rowNumber: this.line, line: this.line } }
  }

  /** Whether the first line is a record, or the beginning of something else than NDJSON. */
  private begin(bytes: Buffer, final: boolean): LadingError | 'more' | undefined {
    const start = bytes.findIndex(byte => !isSpace(byte))
    if (start === -1) return undefined
    const end = bytes.indexOf(lf, start)
    if (end === -1 && !final) return undefined
    const line = bytes.subarray(start, end === -1 ? bytes.length : end)
    const isUsual = line.length > this.options.maxRecordBytes || !opens(line[0]) || isJson(line.toString())
    if (!isUsual && !final && bytes.length - start < lookBytes) return 'more'
    this.isBegun = true
    const document = isUsual ? undefined : documentOf(bytes.subarray(start, start + lookBytes))
    return document && noNdjson(document)
  }

  /** Looks for records in a first line that is too long to be one. */
  private lookAt(line: Buffer): void {
    this.isBegun = true
    if (this.hasRecords || !opens(line[0])) return
    const document = documentOf(line.subarray(0, Math.min(lookBytes, this.options.maxRecordBytes)))
    this.instead = document && noNdjson(document)
  }

  private readLine(bytes: Buffer, start: number, end: number): SourceRecord | undefined {
    const length = end - start
    if (this.overlong > 0 || length > this.options.maxRecordBytes) {
      if (this.overlong === 0) this.lookAt(bytes.subarray(start, end))
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
      ...(this.instead && { ifAlone: this.instead }),
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
      message: `The line is no JSON object; each line must be one, as {"field": value}.${hint(raw)}`,
    }
  }
  return lossOf(value, shapeOf(raw), maxKeys) ?? { object: value }
}

/** Brackets that a JSON value over several lines begins with. */
function opens(byte: number | undefined): boolean {
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

/** What the file may be instead, by the way the line begins. */
function hint(raw: string): string {
  const line = raw.trim()
  if (line.startsWith('[')) return ' If the file is one JSON array, its format is json.'
  if (line === '{') return ' If the objects are spread over lines, put each of them on one.'
  return ''
}
