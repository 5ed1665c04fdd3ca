// A field → its rule: what is left to check of a value whose type has been parsed, and what is said of one that has not.
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

export interface Rule {
  readonly field: Field
  /** A required text may be `''` only if its schema says `minLength: 0`. */
  readonly emptyIsMissing: boolean
  /** Undefined where the type itself is the whole rule. */
  readonly check: Check | undefined
  /** What a value must be, for messages. */
  readonly expectation: string
  /** What an element of a list must be. */
  readonly elementExpectation: string
  /** What a number, as text, is told that is beyond what its type holds: the bounds of the schema are narrower. */
  readonly checkNumber: Check | undefined
}

/**
 * @param codecOf the codec of each field by the column that carries it
 * @throws LadingError `RESOURCE_INVALID` for a format that nobody registered: it would refuse every value.
 */
export function compileRules(resource: Resource, codecOf: CodecOf = codecByType): readonly Rule[] {
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

/** Of a list, however many dimensions it has; of anything else the schema itself. */
function elementSchema(schema: TSchema): TSchema {
  return TypeGuard.IsArray(schema) ? elementSchema(withoutNull(schema.items).schema) : schema
}

function expectation(schema: TSchema, codec: Codec): string {
  const values = choices(schema)
  if (values !== undefined) return `must be ${oneOf(values)}`
  return described(schema, typeWords(schema, codec))
}

/** The form of a text says more than that it is one. */
function typeWords(schema: TSchema, codec: Codec): string {
  if (!TypeGuard.IsString(schema) || codec.stagingType !== 'text') return codec.expectation
  if (schema.format !== undefined) return formatWords(schema.format)
  return schema.pattern === undefined ? codec.expectation : formWords(schema.pattern)
}
