// Stage: raw values → values of their column types. What cannot be parsed is kept beside the reason.
import type { Resource } from '../resource/define.ts'
import type { Field } from '../resource/field.ts'
import type { RowBatch } from '../resource/row-batch.ts'
import { type Codec, Refusal } from './codec.ts'
import { codecOf } from './codecs.ts'

/** A value that its type refused, as the file gave it. */
export class Refused {
  constructor(
    readonly given: unknown,
    readonly refusal: Refusal,
  ) {}
}

export interface ParseOptions {
  /** Text (CSV cells) is parsed; JSON values already have a type, which must be the right one. */
  readonly from: 'text' | 'json'
}

/**
 * Parses in place. Empty text is null but for text fields: CSV has no other way to leave a cell out. Rows that
 * already have errors are left as they are.
 */
export async function* parseValues(
  batches: AsyncIterable<RowBatch>,
  resource: Resource,
  { from }: ParseOptions,
): AsyncGenerator<RowBatch> {
  const parsers = resource.fields.map(field => parserOf(field, codecOf(field.type), from))
  for await (const batch of batches) {
    for (const { values, errors } of batch.rows) {
      if (errors !== undefined) continue
      for (let index = 0; index < values.length; index++) {
        const value = values[index]
        if (value === undefined || value === null) continue
        const parsed = parsers[index]?.(value)
        values[index] = parsed instanceof Refusal ? new Refused(value, parsed) : parsed
      }
    }
    yield batch
  }
}

function parserOf(field: Field, codec: Codec, from: ParseOptions['from']): (value: unknown) => unknown {
  const { transform } = field
  const keepsEmpty = field.type.kind === 'text' || (field.type.kind === 'json' && from === 'json')
  const parseText = from === 'text' ? codec.parse : codec.fromJson
  return given => {
    if (typeof given !== 'string') return codec.fromJson(given)
    const text = transform === undefined ? given : transform(given)
    return text === '' && !keepsEmpty ? null : parseText(text)
  }
}
