// A schema of JSON → a test in generated code, for good values only: it takes nothing that the rules would refuse.
import { type TSchema, TypeGuard } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'

/**
 * Most values are good, and TypeBox's own code says so four times as fast: it reads members by names that are written
 * in it. What it refuses is no verdict: the rules are asked. Undefined where it takes values that they would not.
 */
export function quickTest(schema: TSchema): ((value: unknown) => boolean) | undefined {
  if (!isStrict(schema)) return undefined
  const compiled = TypeCompiler.Compile(schema)
  return value => compiled.Check(value)
}

/** Where TypeBox takes no more than the rules do: it knows no `enum`, counts UTF-16 units, and reads what is inherited. */
function isStrict(schema: TSchema): boolean {
  if (schema.enum !== undefined || schema.$id !== undefined) return false
  if (TypeGuard.IsString(schema)) return isStrictText(schema)
  if (TypeGuard.IsNumber(schema) || TypeGuard.IsInteger(schema) || TypeGuard.IsBoolean(schema)) {
    return schema.const === undefined && schema.format === undefined
  }
  if (TypeGuard.IsArray(schema)) return schema.contains === undefined && isStrict(schema.items)
  if (TypeGuard.IsObject(schema)) {
    const { additionalProperties: others = true } = schema
    const members = Object.entries(schema.properties)
    return (
      members.every(([name, member]) => !(name in Object.prototype) && isStrict(member)) &&
      (typeof others === 'boolean' || isStrict(others))
    )
  }
  if (TypeGuard.IsUnion(schema)) return schema.anyOf.every(isStrict)
  return (
    TypeGuard.IsLiteral(schema) ||
    TypeGuard.IsNull(schema) ||
    TypeGuard.IsUnknown(schema) ||
    TypeGuard.IsAny(schema)
  )
}

/** Of numbers that are text, it does not know the bounds. A text of one unit or more has a character. */
function isStrictText(schema: TSchema): boolean {
  const { minLength = 0, const: only, format } = schema
  return minLength <= 1 && only === undefined && format !== 'int64' && format !== 'decimal'
}
