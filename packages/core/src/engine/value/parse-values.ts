// Stage: raw values → values of their column types. A value that cannot be parsed is replaced by an `InvalidValue`.
import { LadingError } from '../../errors/lading-error.ts'
import { JsonText } from '../record/json-text.ts'
import type { Resource } from '../resource/define.ts'
import type { Field } from '../resource/field.ts'
import { jsonTextOf, type Row } from '../resource/row.ts'
import { cutBefore, type RowBatch } from '../resource/row-batch.ts'
import type { ScalarKind } from '../resource/schema/column-type.ts'
import { type Codec, InvalidValue, invalid } from './codec.ts'
import { type CodecOf, codecByType } from './codecs.ts'
import { invisibleNoter } from './invisible-notes.ts'
import { holdsAny, lossyNumbers, lossyPlace } from './number/lossy-numbers.ts'
import { applyTransform } from './transformed.ts'

export interface ParseOptions {
  /** The codec of each field for its column. @defaultValue by its type alone */
  readonly codecOf?: CodecOf
  /** `text` (CSV cells) is parsed; `json` values already have a type, which must be the right one. */
  readonly from: 'text' | 'json'
  /** Texts that stand for no value. @defaultValue none */
  readonly nullValues?: readonly string[] | undefined
}

/**
 * Parses in place. Empty text is null except in text fields: CSV has no other way to leave out a value. Rows that
 * already have errors, or are encoded already, are left as they are. If a `transform` throws, the rows before it are still passed on, with the
 * fault.
 */
export async function* parseValues(
  batches: AsyncIterable<RowBatch>,
  resource: Resource,
  { from, codecOf = codecByType, nullValues }: ParseOptions,
): AsyncGenerator<RowBatch> {
  const parse = rowParser(resource, { from, codecOf, nullValues })
  const noteInvisible = invisibleNoter(resource)
  for await (const read of batches) {
    const notes = [...(read.notes ?? [])]
    const batch = { ...read, notes }
    let index = 0
    try {
      for (; index < batch.rows.length; index++) {
        const row = batch.rows[index]
        if (row === undefined || row.lines !== undefined) continue
        if (row.errors !== undefined) {
          row.isUntyped = true
          continue
        }
        parse(row)
        noteInvisible(row, batch.isAscii === true, notes)
      }
    } catch (fault) {
      if (!(fault instanceof LadingError)) throw fault
      yield cutBefore(batch, index, fault)
      return
    }
    yield batch
  }
}

/** Parses the values of a row in place. */
export function rowParser(
  resource: Resource,
  { from, codecOf = codecByType, nullValues }: ParseOptions,
): (row: Row) => void {
  const parsers = resource.inputs.map(field => parserOf(field, codecOf(field), from))
  const nulls = nullValues && new Set<unknown>(nullValues)
  const isDocument = resource.inputs.map(({ type }) => from === 'json' && type.kind === 'json')
  return row => {
    if (nulls !== undefined) removeNullValues(row, nulls, isDocument)
    parseRow(row, parsers)
  }
}

/** A JSON document keeps its texts. Reports still show the text of the file. */
function removeNullValues(row: Row, nulls: ReadonlySet<unknown>, isDocument: readonly boolean[]): void {
  const { values } = row
  for (let index = 0; index < values.length; index++) {
    const given = values[index]
    const value = given instanceof JsonText ? given.value : given
    if (isDocument[index] === true || !nulls.has(value)) continue
    values[index] = null
    row.originals ??= new Map()
    row.originals.set(index, value)
  }
}

const tooManyDigits = new InvalidValue(
  undefined,
  'holds a number with more digits than JSON readers keep; write it as a string',
)

/** An `integer` cannot be written as a JSON string, so its message is the usual one. */
const lossyProblems: ReadonlyMap<ScalarKind, InvalidValue> = new Map([
  ['numeric', tooManyDigits],
  ['bigint', tooManyDigits],
  ['integer', invalid],
])

function elementKind({ type }: Field): ScalarKind {
  return type.kind === 'array' ? type.element : type.kind
}

function parseRow(row: Row, parsers: readonly Parser[]): void {
  const { values } = row
  let lossy: ReturnType<typeof lossyNumbers> | null = null
  const isLossy = (value: unknown): boolean => {
    if (typeof value !== 'number' && typeof value !== 'object') return false
    if (lossy === null) lossy = lossyNumbers(row.source.raw)
    return lossy !== undefined && holdsAny(value, lossy)
  }
  for (let index = 0; index < values.length; index++) {
    const value = values[index]
    if (value === undefined || value === null) continue
    const parser = parsers[index]
    const lossyProblem =
      parser?.lossy !== undefined && isLossy(value) ? findLossyProblem(row, parser) : undefined
    const read =
      lossyProblem === undefined || lossyProblem.message === undefined ? parser?.parse(value) : undefined
    // A whole number that is too large already has a message of its own.
    const parsed = read instanceof InvalidValue ? read : (lossyProblem ?? read)
    values[index] = parsed
    // Reports show the value of the file.
    if (
      parsed instanceof InvalidValue || parser?.transforms === true
        ? parsed !== value
        : hasOtherSpelling(value, parsed)
    ) {
      row.originals ??= new Map()
      row.originals.set(index, value instanceof JsonText ? value.value : value)
    }
  }
}

/** The number that lost digits may be in another field of the record. Without the text of this field, assume it is here. */
function findLossyProblem(row: Row, { field, lossy }: Parser): InvalidValue | undefined {
  const text = jsonTextOf(row, field)
  const place = text === undefined ? [] : lossyPlace(text)
  return place === undefined ? undefined : new InvalidValue(lossy?.code, lossy?.message, place)
}

/** `1e3` has become 1000, `007` 7, `1` true and `a,b` a list. */
function hasOtherSpelling(original: unknown, parsed: unknown): boolean {
  if (typeof original !== 'string') return false
  return typeof parsed === 'object' ? Array.isArray(parsed) : String(parsed) !== original
}

export interface Parser {
  readonly transforms: boolean
  readonly field: Field
  /** For a column that keeps every digit: the error of a number that JSON.parse has changed. */
  readonly lossy: InvalidValue | undefined
  parse(value: unknown): unknown
}

export function parserOf(field: Field, codec: Codec, from: ParseOptions['from']): Parser {
  const { transform } = field
  const keepsEmpty = field.type.kind === 'text' || (field.type.kind === 'json' && from === 'json')
  const parseText = from === 'text' ? codec.parse : codec.fromJson
  return {
    transforms: transform !== undefined,
    field,
    lossy: from === 'json' ? lossyProblems.get(elementKind(field)) : undefined,
    parse(value) {
      // Only text is transformed.
      const input =
        transform !== undefined && value instanceof JsonText && typeof value.value === 'string'
          ? value.value
          : value
      if (typeof input !== 'string') return codec.fromJson(input)
      const text = transform === undefined ? input : applyTransform(field, input)
      return text === '' && !keepsEmpty ? null : parseText(text)
    },
  }
}
