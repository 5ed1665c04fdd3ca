// Stage: raw values → values of their column types. What cannot be parsed gives way to the reason.
import { callHook } from '../errors/hook.ts'
import { LadingError } from '../errors/lading-error.ts'
import { JsonText } from '../record/json-text.ts'
import type { Resource } from '../resource/define.ts'
import type { Field } from '../resource/field.ts'
import type { Row } from '../resource/row.ts'
import { cutBefore, type RowBatch } from '../resource/row-batch.ts'
import { type Codec, Refusal } from './codec.ts'
import { codecOf } from './codecs.ts'
import { holdsAny, lossyNumbers } from './lossy-numbers.ts'
import { unseenNoter } from './unseen-notes.ts'

export interface ParseOptions {
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
  { from }: ParseOptions,
): AsyncGenerator<RowBatch> {
  const parsers = resource.inputs.map(field => parserOf(field, codecOf(field.type), from))
  const noteUnseen = unseenNoter(resource)
  for await (const read of batches) {
    const notes = [...(read.notes ?? [])]
    const batch = { ...read, notes }
    let at = 0
    try {
      for (; at < batch.rows.length; at++) {
        const row = batch.rows[at]
        if (row === undefined || row.errors !== undefined) continue
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

const tooManyDigits = new Refusal(
  undefined,
  'holds a number with more digits than JSON readers keep; write it as a string',
)

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
    const parsed = parser?.isExact === true && isLossy(value) ? tooManyDigits : parser?.parse(value)
    values[index] = parsed
    // Reports show what stands in the file.
    if (
      parsed instanceof Refusal || parser?.transforms === true ? parsed !== value : isRespelt(value, parsed)
    ) {
      row.given ??= new Map()
      row.given.set(index, value instanceof JsonText ? value.value : value)
    }
  }
}

/** `1e3` has become 1000, `007` 7 and `1` true. */
function isRespelt(given: unknown, parsed: unknown): boolean {
  return typeof given === 'string' && typeof parsed !== 'object' && String(parsed) !== given
}

interface Parser {
  readonly transforms: boolean
  /** Its column keeps every digit, so that those which JSON.parse loses must not be missed silently. */
  readonly isExact: boolean
  parse(value: unknown): unknown
}

function parserOf(field: Field, codec: Codec, from: ParseOptions['from']): Parser {
  const { transform } = field
  const keepsEmpty = field.type.kind === 'text' || (field.type.kind === 'json' && from === 'json')
  const parseText = from === 'text' ? codec.parse : codec.fromJson
  return {
    transforms: transform !== undefined,
    isExact:
      from === 'json' && (field.type.kind === 'array' ? field.type.element : field.type.kind) === 'numeric',
    parse(value) {
      // Only text is transformed.
      const given =
        transform !== undefined && value instanceof JsonText && typeof value.value === 'string'
          ? value.value
          : value
      if (typeof given !== 'string') return codec.fromJson(given)
      const text =
        transform === undefined ? given : callHook(`The transform of "${field.name}"`, () => transform(given))
      return text === '' && !keepsEmpty ? null : parseText(text)
    },
  }
}
