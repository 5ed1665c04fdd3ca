// A field → its rule: the checks of a parsed value, and the messages for a value that could not be parsed.
import { type TSchema, TypeGuard } from '@sinclair/typebox'
import { LadingError } from '../../errors/lading-error.ts'
import { oneOf } from '../../util/text/one-of.ts'
import type { Resource } from '../resource/define.ts'
import type { Field } from '../resource/field.ts'
import { withoutNull } from '../resource/schema/column-type.ts'
import type { Codec } from '../value/codec.ts'
import { type CodecOf, codecByType } from '../value/codecs.ts'
import { compileChecker } from './checker.ts'
import { type Check, described } from './rules/check.ts'
import { choices } from './rules/choice-rules.ts'
import { decimalChecks, withFormat } from './rules/number-rules.ts'
import { registerFormats, unknownFormats } from './rules/string-formats.ts'
import { formatWords, formWords } from './rules/text-rules.ts'

export interface FieldRule {
  readonly field: Field
  /** A required text may be `''` only if its schema says `minLength: 0`. */
  readonly emptyIsMissing: boolean
  /** Undefined if the type alone is the whole rule. */
  readonly check: Check | undefined
  /** What a value must be, for messages. */
  readonly expectation: string
  /** What an element of a list must be. */
  readonly elementExpectation: string
  /** Checks a number, as text, that is out of the range of its type: the bounds of the schema make a better message. */
  readonly checkNumber: Check | undefined
}

/**
 * @param codecOf the codec of each field for its column
 * @throws LadingError `RESOURCE_INVALID` for a format that is not registered, which would reject every value.
 */
export function compileRules(resource: Resource, codecOf: CodecOf = codecByType): readonly FieldRule[] {
  registerFormats()
  return resource.inputs.map(field => {
    const unknown = unknownFormats(field.schema)
    if (unknown.length > 0) {
      throw new LadingError(
        'RESOURCE_INVALID',
        `Resource "${resource.name}": field "${field.name}" has the unknown format "${unknown[0]}"; register it with TypeBox's FormatRegistry.`,
      )
    }
    const codec = codecOf(field)
    const element = elementSchema(field.schema)
    return {
      field,
      emptyIsMissing: field.required && field.type.kind === 'text' && field.schema.minLength !== 0,
      check: compileChecker(field),
      expectation: expectation(field.schema, codec),
      elementExpectation: codec.element === undefined ? '' : expectation(element, codec.element),
      checkNumber: decimalChecks(withFormat(element)),
    }
  })
}

/** The schema of the elements of a list of any dimensions; otherwise the schema itself. */
function elementSchema(schema: TSchema): TSchema {
  return TypeGuard.IsArray(schema) ? elementSchema(withoutNull(schema.items).schema) : schema
}

function expectation(schema: TSchema, codec: Codec): string {
  const values = choices(schema)
  if (values !== undefined) return `must be ${oneOf(values)}`
  return described(schema, typeWords(schema, codec))
}

/** The format or pattern of a text, if there is one, says more than its type. */
function typeWords(schema: TSchema, codec: Codec): string {
  if (!TypeGuard.IsString(schema) || codec.stagingType !== 'text') return codec.expectation
  if (schema.format !== undefined) return formatWords(schema.format)
  return schema.pattern === undefined ? codec.expectation : formWords(schema.pattern)
}
