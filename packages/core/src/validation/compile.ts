// A field → its rule: what is left to check of a value whose type has been parsed.
import { TypeGuard } from '@sinclair/typebox'
import { LadingError } from '../errors/lading-error.ts'
import type { Resource } from '../resource/define.ts'
import type { Field } from '../resource/field.ts'
import { hasMoreCodePoints } from '../util/code-points.ts'
import { type CodecOf, codecByType } from '../value/codecs.ts'
import { type Checker, compileChecker, literals } from './checker.ts'
import { registerFormats, unknownFormats } from './formats.ts'

export interface Rule {
  readonly field: Field
  /** A required text may be `''` only if its schema says `minLength: 0`. */
  readonly emptyIsMissing: boolean
  /** Length in code points, as PostgreSQL counts; undefined where there is no limit. */
  readonly maxLength: number | undefined
  readonly minLength: number
  /** The TypeBox check, or undefined where the type itself is the whole rule. */
  readonly isValid: Checker | undefined
  /** What a value must be, for messages. */
  readonly expectation: string
  /** What an element of a list must be. */
  readonly elementExpectation: string
}

/**
 * @param codecOf the codec of each field by the column that carries it
 * @throws LadingError `RESOURCE_INVALID` for a format that nobody registered: it would refuse every value.
 */
export function compileRules(resource: Resource, codecOf: CodecOf = codecByType): readonly Rule[] {
  registerFormats()
  return resource.inputs.map(field => {
    const isValid = compileChecker(field)
    const unknown = isValid === undefined ? [] : unknownFormats(field.schema)
    if (unknown.length > 0) {
      throw new LadingError(
        'RESOURCE_INVALID',
        `Resource "${resource.name}": field "${field.name}" has the unknown format "${unknown[0]}"; register it with TypeBox's FormatRegistry.`,
      )
    }
    const { minLength, maxLength } = lengths(field)
    return {
      field,
      emptyIsMissing: field.required && field.type.kind === 'text' && field.schema.minLength !== 0,
      maxLength,
      minLength,
      isValid,
      expectation: expectation(field, codecOf),
      elementExpectation: codecOf(field).element?.expectation ?? '',
    }
  })
}

function lengths({ schema, type }: Field): { minLength: number; maxLength: number | undefined } {
  if (type.kind !== 'text' || !TypeGuard.IsString(schema)) return { minLength: 0, maxLength: undefined }
  return { minLength: schema.minLength ?? 0, maxLength: schema.maxLength }
}

function expectation(field: Field, codecOf: CodecOf): string {
  const { schema } = field
  if (schema.description !== undefined) return `must be ${schema.description}`
  const constants = literals(schema)
  if (constants !== undefined)
    return `must be ${constants.size === 1 ? '' : 'one of '}${[...constants].join(', ')}`
  if (TypeGuard.IsString(schema) && field.type.kind === 'text') {
    if (schema.format === 'email') return 'must be an e-mail address, such as ada@example.org'
    if (schema.format !== undefined) return `must be a valid ${schema.format}`
    if (schema.pattern !== undefined) return `must match ${schema.pattern}`
  }
  return codecOf(field).expectation
}

/** True if a text breaks its length. */
export function isTooLong(rule: Rule, text: string): boolean {
  return rule.maxLength !== undefined && hasMoreCodePoints(text, rule.maxLength)
}
