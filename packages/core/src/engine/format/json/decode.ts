// The bytes of one JSON array → record batches: an invalid element that can be skipped is a record with a problem.
import { isUtf8 } from 'node:buffer'
import { LadingError } from '../../../errors/lading-error.ts'
import type { Position, RecordBatch } from '../../record/record-batch.ts'
import type { RecordProblem, SourceRecord } from '../../record/source-record.ts'
import type { DecodeOptions } from '../format.ts'
import { tooLargeMessage } from '../record-too-large.ts'
import { type Consume, carry } from '../text/carry.ts'
import { describeWrappedRecords, maxLookaheadBytes } from './document.ts'
import { isObject, maxDepth, objectProblem } from './object.ts'
import { findValue, type ValueEndFailure, type ValueExtent } from './value-end.ts'

const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const comma = 0x2c
const lf = 0x0a

/**
 * Decodes one JSON array. A complete element that is not a valid record gets a problem, and decoding continues. Invalid
 * JSON is a fault, reported after the elements before it: the start of the next element is unknown.
 */
export function decodeJson(
  chunks: AsyncIterable<Buffer>,
  options: DecodeOptions,
): AsyncIterable<RecordBatch> {
  const decoder = new JsonDecoder(options)
  return carry(chunks, decoder.consume, options.resumeFrom === undefined ? decoder.skip : undefined)
}

/** What must come next. */
type Expected = 'element' | NonNullable<Position['expects']>

class JsonDecoder {
  private expected: Expected
  private byte: number
  private line: number
  private rowNumber: number

  constructor(private readonly options: DecodeOptions) {
    const start: Position = { byte: 0, rowNumber: 0, line: 0, expects: 'array' }
    const { byte, line, rowNumber, expects = 'element' } = options.resumeFrom?.position ?? start
    this.byte = byte
    this.line = line
    this.rowNumber = rowNumber
    this.expected = expects
  }

  readonly skip = (bytes: number): void => {
    this.byte += bytes
  }

  readonly consume: Consume = (bytes, final) => {
    const records: SourceRecord[] = []
    let fault: LadingError | undefined
    let index = 0
    const pass = (to: number) => {
      this.byte += to - index
      index = to
    }
    for (;;) {
      pass(this.skipSpace(bytes, index))
      const next = bytes[index]
      if (next === undefined) break
      if (this.expected === 'first element' || this.expected === 'element') {
        if (next === closeBracket && this.expected === 'first element') {
          this.expected = 'nothing'
          pass(index + 1)
          continue
        }
        const found = this.readElement(bytes, index, final)
        if (found === undefined) break
        if (found instanceof LadingError) {
          fault = found
          break
        }
        records.push(found.record)
        this.line += found.lines
        this.expected = 'comma'
        pass(index + found.record.length)
        continue
      }
      // To say what the file is instead, wait until enough of it is read.
      const isWrapped = this.expected === 'array' && next === openBrace
      if (isWrapped && !final && bytes.length - index < maxLookaheadBytes) break
      fault = isWrapped
        ? noArray(bytes.subarray(index, index + maxLookaheadBytes))
        : this.readPunctuation(next)
      if (fault !== undefined) break
      pass(index + 1)
    }
    if (final && fault === undefined && this.expected !== 'nothing') fault = this.truncated()
    return { consumed: index, result: { records, end: this.end(), ...(fault && { fault }) } }
  }

  private end(): Position {
    const { byte, rowNumber, line, expected } = this
    return { byte, rowNumber, line, ...(expected !== 'element' && { expects: expected }) }
  }

  /** Index of the first byte that is not white space (RFC 8259, 2). */
  private skipSpace(bytes: Buffer, from: number): number {
    let index = from
    for (; index < bytes.length; index++) {
      const byte = bytes[index]
      if (byte === lf) this.line++
      else if (byte !== 0x20 && byte !== 0x0d && byte !== 0x09) break
    }
    return index
  }

  private readPunctuation(byte: number): LadingError | undefined {
    if (this.expected === 'array') {
      if (byte !== openBracket) return noArray(Buffer.of(byte))
      this.expected = 'first element'
      return undefined
    }
    if (this.expected === 'comma' && (byte === comma || byte === closeBracket)) {
      this.expected = byte === comma ? 'element' : 'nothing'
      return undefined
    }
    return this.expected === 'comma'
      ? this.broken(`Element ${this.rowNumber} is followed by neither a comma nor the end of the array`)
      : this.broken('Something follows the end of the array')
  }

  /** Reads the element at `start`. Returns undefined if it continues after `bytes`, or the fault if it is invalid. */
  private readElement(bytes: Buffer, start: number, final: boolean) {
    const { maxRecordBytes } = this.options
    const limit = Math.min(bytes.length, start + maxRecordBytes + 1)
    const extent = findValue(bytes, start, limit)
    if (extent === 'broken' || extent === 'too deep') return this.noValue(bytes[start], extent)
    const end = extent === 'open' ? limit : extent.end
    if (end - start > maxRecordBytes) return this.tooLarge()
    if (extent === 'open') return final ? this.truncated() : undefined
    const raw = bytes.subarray(start, extent.end)
    if (!isUtf8(raw)) {
      return this.element(extent, raw, raw.toString('latin1'), undefined, {
        code: 'INVALID_ENCODING',
        message: 'The element is not UTF-8; save the file as UTF-8.',
      })
    }
    const text = raw.toString()
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return this.noValue(bytes[start], 'broken')
    }
    if (!isObject(value)) {
      return this.element(extent, raw, text, undefined, {
        code: 'NOT_AN_OBJECT',
        message: 'The element is not a JSON object; each element must be one, such as {"field": value}.',
      })
    }
    const problem = objectProblem(value, extent, this.options.maxColumns)
    return this.element(extent, raw, text, problem === undefined ? value : undefined, problem)
  }

  private element(
    { lines }: ValueExtent,
    { length }: Buffer,
    raw: string,
    content: SourceRecord['content'],
    problem: RecordProblem | undefined,
  ) {
    this.rowNumber++
    const { rowNumber, byte: offset } = this
    const line = this.line + 1
    const record: SourceRecord = { rowNumber, line, offset, length, raw, content, problem }
    return { record, lines }
  }

  private noValue(first: number | undefined, why: ValueEndFailure): LadingError {
    const element = `Element ${this.rowNumber + 1}`
    if (why === 'too deep') return this.broken(`${element} is nested more than ${maxDepth} levels deep`)
    if (first === closeBracket || first === comma) return this.broken('A comma is not followed by an element')
    return this.broken(`${element} is not valid JSON`)
  }

  private truncated(): LadingError {
    if (this.expected === 'array') {
      return new LadingError(
        'FILE_EMPTY',
        'The file is empty; a JSON file holds one array, which is [] if there is nothing in it.',
      )
    }
    const where = this.rowNumber === 0 ? '' : `, after element ${this.rowNumber}`
    return this.broken(`The file ends before its array does${where}`)
  }

  private broken(what: string): LadingError {
    return new LadingError(
      'FILE_PARSE_ERROR',
      `${what}, on line ${this.line + 1}; correct it there. The elements before it were read.`,
    )
  }

  private tooLarge(): LadingError {
    const { maxRecordBytes } = this.options
    const fact = `Element ${this.rowNumber + 1}, which begins on line ${this.line + 1}, has more than ${maxRecordBytes} bytes`
    const mistake = 'a quote or bracket is not closed there, or the array lies deeper in the file'
    return new LadingError('RECORD_TOO_LARGE', tooLargeMessage(fact, mistake))
  }
}

function noArray(start: Buffer): LadingError {
  const what = describeWrappedRecords(start) ?? `${hintOf(start[0])}.`
  return new LadingError('FILE_PARSE_ERROR', `The file is not a JSON array. ${what}`)
}

/** What a file that begins with `byte` may be instead. */
function hintOf(byte: number | undefined): string {
  switch (byte) {
    case openBrace:
      return 'If it has one object a line, its format is ndjson; if the array lies inside an object, send the array alone'
    case 0:
      return 'It may be UTF-16 without a byte order mark; declare the encoding'
    default:
      return 'Put the objects between [ and ], with commas between them'
  }
}
