// One field in `printRow`: text that PostgreSQL printed → a JSON value, and a value → the text that PostgreSQL would print.
import { LadingError } from '../../../errors/lading-error.ts'
import { deepFreeze } from '../../../util/frozen.ts'
import type { Format } from '../../format/format.ts'
import type { Resource } from '../../resource/define.ts'
import { type Codec, expectationOf, InvalidValue, invalid, printValue } from '../../value/codec.ts'
import type { CodecOf } from '../../value/codecs.ts'
import { fieldFor } from '../selection/export-fields.ts'

export interface PrintedField {
  readonly name: string
  /** The value as in NDJSON, frozen. */
  read(text: string | null): unknown
  /** @throws LadingError `HOOK_FAILED` for a value that no import would accept */
  print(value: unknown): string | null
}

/** @param form whether the format prints text or JSON values */
export function printedField(
  resource: Resource,
  name: string,
  form: Format['values'],
  codecOf: CodecOf,
): PrintedField {
  const codec = codecOf(fieldFor(resource, 'print', name, 'INTERNAL'))
  // CSV prints types that are not JSON as the content of a JSON string.
  const read = form === 'json' || codec.isJson === true ? readJson : readText(codec)
  return {
    name,
    read: text => (text === null ? null : read(text)),
    print(value) {
      if (value === null) return null
      const parsed = codec.fromJson(value)
      if (parsed === undefined || parsed instanceof InvalidValue) {
        const invalidValue = parsed ?? invalid
        const problem = invalidValue.message ?? expectationOf(codec, invalidValue)
        const which =
          invalidValue.path.length === 0 ? 'that' : `whose element ${invalidValue.path.join(', ')}`
        throw new LadingError(
          'HOOK_FAILED',
          `printRow of ${resource.name} returned for "${name}" a value ${which} ${problem}.`,
        )
      }
      return printValue(codec, parsed, form)
    },
  }
}

/** A list is printed as an array literal, and read as a JSON array. */
function readText(codec: Codec): (text: string) => unknown {
  if (codec.showJson === undefined) return text => text
  return text => readJson(printValue(codec, codec.parse(text), 'json'))
}

function readJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  return typeof value === 'object' ? deepFreeze(value) : value
}
