// NDJSON bytes → record batches: one object a line; a line that is none is a record with a problem, and reading goes on.
import { isUtf8 } from 'node:buffer'
import type { RecordBatch } from '../../record/record-batch.ts'
import type { RecordProblem, SourceRecord } from '../../record/source-record.ts'
import { type Consume, carry } from '../carry.ts'
import type { DecodeOptions } from '../format.ts'
import { isObject, lossOf, shapeOf } from '../json/object.ts'
import { tooLargeMessage } from '../too-large.ts'

const lf = 0x0a

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

  constructor(private readonly options: DecodeOptions) {
    this.byte = options.from?.position.byte ?? 0
    this.line = options.from?.position.line ?? 0
  }

  readonly skip = (bytes: number): void => {
    this.byte += bytes
  }

  readonly consume: Consume = (bytes, final) => {
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

  private readLine(bytes: Buffer, start: number, end: number): SourceRecord | undefined {
    const length = end - start
    if (this.overlong > 0 || length > this.options.maxRecordBytes) return this.tooLarge(length)
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
    })
    this.overlong = 0
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

/** What the file may be instead, by the way the line begins. */
function hint(raw: string): string {
  const line = raw.trim()
  if (line.startsWith('[')) return ' If the file is one JSON array, its format is json.'
  if (line === '{') return ' If the objects are spread over lines, put each of them on one.'
  return ''
}
