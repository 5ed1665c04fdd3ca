// Stage: raw values → values of their column types. What cannot be parsed gives way to the reason.
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
import { transformed } from './transformed.ts'

export interface ParseOptions {
  /** The codec of each field by the column that carries it. @defaultValue by its type alone */
  readonly codecOf?: CodecOf
  /** Text (CSV cells) is parsed; JSON values already have a type, which must be the right one. */
  readonly from: 'text' | 'json'
}

/**
 * Parses in place. Empty text is null but for text fields: CSV has no other way to leave a cell out. Rows that
 * already have errors are left as they are. A `transform` that throws is a fault behind the rows before it.
 */
export async function* parseValues(
  batches: AsyncIterable<RowBatch>,
  resource: Resource,
  { from, codecOf = codecByType }: ParseOptions,
): AsyncGenerator<RowBatch> {
  const parsers = resource.inputs.map(field => parserOf(field, codecOf(field), from))
  const noteUnseen = invisibleNoter(resource)
  for await (const read of batches) {
    const notes = [...(read.notes ?? [])]
    const batch = { ...read, notes }
    let at = 0
    try {
      for (; at < batch.rows.length; at++) {
        const row = batch.rows[at]
        if (row === undefined) continue
        if (row.errors !== undefined) {
          row.isUntyped = true
          continue
        }
        parseRow(row, parsers)
        noteUnseen(row, batch.isAscii === true, notes)
      }
    } catch (fault) {
      if (!(fault instanceof LadingError)) throw fault
      yield cutBefore(batch, at, fault)
      return
    }
    yield batch
  }
}

const tooManyDigits = new InvalidValue(
  undefined,
  'holds a number with more digits than JSON readers keep; write it as a string',
)

/** Whole numbers are no strings in JSON; they are what they must be, or too large. */
const lossyRefusals: ReadonlyMap<ScalarKind, InvalidValue> = new Map([
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
    const lossyRefusal = parser?.lossy !== undefined && isLossy(value) ? refuseLossy(row, parser) : undefined
    const read =
      lossyRefusal === undefined || lossyRefusal.message === undefined ? parser?.parse(value) : undefined
    // A whole number that is too large says so by itself.
    const parsed = read instanceof InvalidValue ? read : (lossyRefusal ?? read)
    values[index] = parsed
    // Reports show what stands in the file.
    if (
      parsed instanceof InvalidValue || parser?.transforms === true
        ? parsed !== value
        : isRespelt(value, parsed)
    ) {
      row.given ??= new Map()
      row.given.set(index, value instanceof JsonText ? value.value : value)
    }
  }
}

/** Another field of the record may hold the number that lost digits. Without its text, nobody can tell which it is. */
function refuseLossy(row: Row, { field, lossy }: Parser): InvalidValue | undefined {
  const text = jsonTextOf(row, field)
  const place = text === undefined ? [] : lossyPlace(text)
  return place === undefined ? undefined : new InvalidValue(lossy?.code, lossy?.message, place)
}

/** `1e3` has become 1000, `007` 7, `1` true and `a,b` a list. */
function isRespelt(given: unknown, parsed: unknown): boolean {
  if (typeof given !== 'string') return false
  return typeof parsed === 'object' ? Array.isArray(parsed) : String(parsed) !== given
}

interface Parser {
  readonly transforms: boolean
  readonly field: Field
  /** Of a column that keeps every digit: why a number that JSON.parse changed is refused, and not stored silently. */
  readonly lossy: InvalidValue | undefined
  parse(value: unknown): unknown
}

function parserOf(field: Field, codec: Codec, from: ParseOptions['from']): Parser {
  const { transform } = field
  const keepsEmpty = field.type.kind === 'text' || (field.type.kind === 'json' && from === 'json')
  const parseText = from === 'text' ? codec.parse : codec.fromJson
  return {
    transforms: transform !== undefined,
    field,
    lossy: from === 'json' ? lossyRefusals.get(elementKind(field)) : undefined,
    parse(value) {
      // Only text is transformed.
      const given =
        transform !== undefined && value instanceof JsonText && typeof value.value === 'string'
          ? value.value
          : value
      if (typeof given !== 'string') return codec.fromJson(given)
      const text = transform === undefined ? given : transformed(field, given)
      return text === '' && !keepsEmpty ? null : parseText(text)
    },
  }
}
