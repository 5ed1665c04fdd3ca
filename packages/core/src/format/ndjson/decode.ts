// NDJSON bytes → record batches: one object a line; a line that is none is a record with a problem, and reading goes on.
import { isUtf8 } from 'node:buffer'
import type { RecordBatch } from '../../record/record-batch.ts'
import type { RecordProblem, SourceRecord } from '../../record/source-record.ts'
import { type Consume, carry } from '../carry.ts'
import type { DecodeOptions } from '../format.ts'

const lf = 0x0a
/** The object itself, and as many levels below it as a value of the type json may have. */
const maxDepth = 65

/** Decodes NDJSON. A line ends with LF, a CR before it is white space, and a blank line is counted and skipped. */
export function decodeNdjson(
  chunks: AsyncIterable<Buffer>,
  options: DecodeOptions,
): AsyncIterable<RecordBatch> {
  const decoder = new NdjsonDecoder(options)
  return carry(chunks, decoder.consume, decoder.skip)
}

class NdjsonDecoder {
  private byte = 0
  private line = 0
  /** Bytes of a line that was given up for its length; it is read to its end without being kept. */
  private overlong = 0

  constructor(private readonly options: DecodeOptions) {}

  readonly skip = (bytes: number): void => {
    this.byte += bytes
  }

  readonly consume: Consume<RecordBatch> = (bytes, final) => {
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
    return {
      consumed: start,
      result: { records, end: { byte: this.byte, rowNumber: this.line, line: this.line } },
    }
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
    const content = parseObject(raw)
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
      message: `The line has ${length} bytes; ${this.options.maxRecordBytes} are the most.`,
    })
    this.overlong = 0
    return { ...record, offset: this.byte - (length - rest) }
  }
}

function parseObject(raw: string): RecordProblem | { readonly object: Record<string, unknown> } {
  let value: unknown
  try {
    value = JSON.parse(raw)
  } catch {
    return {
      code: 'FILE_PARSE_ERROR',
      message: 'The line is not valid JSON; each line must be one whole object.',
    }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return {
      code: 'NOT_AN_OBJECT',
      message: 'The line is no JSON object; each line must be one, as {"field": value}.',
    }
  }
  const object = value as Record<string, unknown>
  return lossOf(raw, object) ?? { object }
}

/** Why the object cannot be handed on as it was written, or undefined. */
function lossOf(raw: string, object: Record<string, unknown>): RecordProblem | undefined {
  const { members, depth } = shapeOf(raw)
  // Whatever walks a value by recursion (JSON.stringify too) would overflow the stack.
  if (depth > maxDepth) {
    return {
      code: 'TOO_DEEP',
      message: `The values of the object are nested more than ${maxDepth - 1} levels deep.`,
    }
  }
  // RFC 8259, 4: of two equal keys, many implementations report the last only; so does JSON.parse.
  if (members > Object.keys(object).length) {
    return {
      code: 'DUPLICATE_JSON_KEY',
      message: 'The object has the same key twice, and one of the two values would be lost.',
    }
  }
  if (Object.hasOwn(object, '__proto__')) {
    return { code: 'FORBIDDEN_KEY', message: 'The object has the key "__proto__"; remove it.' }
  }
  return undefined
}

/** Members of the outermost object and the greatest depth, of text that is known to be a JSON object. */
function shapeOf(json: string): { readonly members: number; readonly depth: number } {
  let level = 0
  let depth = 0
  let members = 0
  for (let index = 0; index < json.length; index++) {
    switch (json.charCodeAt(index)) {
      case 0x22: // "
        index = closingQuote(json, index)
        break
      case 0x3a: // :
        if (level === 1) members++
        break
      case 0x5b: // [
      case 0x7b: // {
        level++
        if (level > depth) depth = level
        break
      case 0x5d: // ]
      case 0x7d: // }
        level--
    }
  }
  return { members, depth }
}

/** Index of the quote that closes the text which begins at `open`: the first one with an even number of backslashes. */
function closingQuote(json: string, open: number): number {
  for (let quote = json.indexOf('"', open + 1); ; quote = json.indexOf('"', quote + 1)) {
    let first = quote
    while (json.charCodeAt(first - 1) === 0x5c) first--
    if ((quote - first) % 2 === 0) return quote
  }
}
