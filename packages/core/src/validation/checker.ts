// A field's schema → the check of what its type and its length leave open, by TypeBox's compiler.
import { type TArray, type TSchema, Type, TypeGuard } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { JsonText } from '../record/json-text.ts'
import { type ScalarKind, withoutNull } from '../resource/column-type.ts'
import type { Field } from '../resource/field.ts'
import { hasMoreCodePoints } from '../util/code-points.ts'

export type Checker = (value: unknown) => boolean

/** Undefined where the type itself is the whole rule. */
export function compileChecker({ schema, type }: Field): Checker | undefined {
  if (type.kind !== 'array') return scalarChecker(schema, type.kind)
  return TypeGuard.IsArray(schema) ? arrayChecker(schema, type.element) : undefined
}

/** A value as a schema or a `check` knows it. */
export function plainValue(value: unknown): unknown {
  if (value instanceof JsonText) return value.value
  return Array.isArray(value) ? value.map(plainValue) : value
}

/** True if a text keeps to its lengths, in code points, as PostgreSQL counts. TypeBox counts UTF-16 units. */
export function hasLength(text: string, minLength: number, maxLength: number | undefined): boolean {
  if (maxLength !== undefined && hasMoreCodePoints(text, maxLength)) return false
  return minLength === 0 || hasMoreCodePoints(text, minLength - 1)
}

/** The strings of a union of literals. */
export function literals(schema: TSchema): ReadonlySet<unknown> | undefined {
  if (TypeGuard.IsLiteral(schema)) return new Set([schema.const])
  if (!TypeGuard.IsUnion(schema) || !schema.anyOf.every(member => TypeGuard.IsLiteral(member)))
    return undefined
  return new Set(schema.anyOf.map(member => member.const))
}

function scalarChecker(schema: TSchema, kind: ScalarKind): Checker | undefined {
  if (kind === 'boolean') return undefined
  const constants = kind === 'text' ? literals(schema) : undefined
  if (constants !== undefined) return value => constants.has(value)
  // 64-bit numbers travel as text; a schema that bounds them means numbers.
  if (TypeGuard.IsBigInt(schema)) {
    const compiled = TypeCompiler.Compile(schema)
    return value => compiled.Check(BigInt(String(value)))
  }
  const open = TypeGuard.IsString(schema) ? openString(schema, kind) : schema
  if (open === undefined) return undefined
  const compiled = TypeCompiler.Compile(open)
  return kind === 'json' ? value => compiled.Check(plainValue(value)) : value => compiled.Check(value)
}

/** A string's schema without its lengths, and without the format that made it a type of its own. */
function openString(schema: TSchema, kind: ScalarKind): TSchema | undefined {
  const { maxLength, minLength, format, ...rest } = schema
  const open = kind === 'text' && format !== undefined ? { ...rest, format } : rest
  return 'pattern' in open || 'format' in open || 'enum' in open ? (open as TSchema) : undefined
}

function arrayChecker(schema: TArray, element: ScalarKind): Checker {
  const whole = TypeCompiler.Compile({ ...schema, items: Type.Unknown() } as TSchema)
  const items = withoutNull(schema.items).schema
  if (TypeGuard.IsArray(items)) {
    const isList = arrayChecker(items, element)
    return value => Array.isArray(value) && whole.Check(plainValue(value)) && value.every(isList)
  }
  const isElement = scalarChecker(items, element) ?? (() => true)
  const { minLength = 0, maxLength } = items
  const isOfLength = (value: unknown) => typeof value !== 'string' || hasLength(value, minLength, maxLength)
  return value =>
    Array.isArray(value) &&
    whole.Check(plainValue(value)) &&
    value.every(item => item === null || (isElement(item) && isOfLength(item)))
}
