// One field on its way through `printRow`: what PostgreSQL printed → a JSON value, and a value → what it would print.
import { LadingError } from '../../../errors/lading-error.ts'
import { frozen } from '../../../util/frozen.ts'
import type { Format } from '../../format/format.ts'
import type { Resource } from '../../resource/define.ts'
import { type Codec, expectationOf, InvalidValue, invalid, shown } from '../../value/codec.ts'
import type { CodecOf } from '../../value/codecs.ts'
import { fieldFor } from '../selection/export-fields.ts'

export interface PrintedField {
  readonly name: string
  /** As NDJSON would have it, frozen. */
  read(text: string | null): unknown
  /** @throws LadingError `HOOK_FAILED` for a value that no import would take back */
  print(value: unknown): string | null
}

/** @param form what the format prints: text, or JSON values */
export function printedField(
  resource: Resource,
  name: string,
  form: Format['values'],
  codecOf: CodecOf,
): PrintedField {
  const codec = codecOf(fieldFor(resource, 'print', name, 'INTERNAL'))
  // In a CSV cell, types that are no JSON are printed as the text that a JSON string has in it.
  const read = form === 'json' || codec.isJson === true ? readJson : readText(codec)
  return {
    name,
    read: text => (text === null ? null : read(text)),
    print(value) {
      if (value === null) return null
      const parsed = codec.fromJson(value)
      if (parsed === undefined || parsed instanceof InvalidValue) {
        const refusal = parsed ?? invalid
        const problem = refusal.message ?? expectationOf(codec, refusal)
        const which = refusal.at.length === 0 ? 'that' : `whose element ${refusal.at.join(', ')}`
        throw new LadingError(
          'HOOK_FAILED',
          `printRow of ${resource.name} gave "${name}" a value ${which} ${problem}.`,
        )
      }
      return shown(codec, parsed, form)
    },
  }
}

/** A list is printed as an array literal, and seen as the JSON array that stands for it. */
function readText(codec: Codec): (text: string) => unknown {
  if (codec.showJson === undefined) return text => text
  return text => readJson(shown(codec, codec.parse(text), 'json'))
}

function readJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  return typeof value === 'object' ? frozen(value) : value
}
