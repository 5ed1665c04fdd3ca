// A JSON schema → a fast test in generated code. It may reject valid values, but never accepts what the rules reject.
import { type TSchema, TypeGuard } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'

/**
 * Most values are valid, and TypeBox's generated code confirms that four times as fast as the rules. The rules decide
 * about values that it rejects. Undefined if it would accept values that the rules reject.
 */
export function quickTest(schema: TSchema): ((value: unknown) => boolean) | undefined {
  if (!isStrict(schema)) return undefined
  const compiled = TypeCompiler.Compile(schema)
  return value => compiled.Check(value)
}

/** True if TypeBox accepts no more than the rules do: it ignores `enum`, counts UTF-16 units, and reads inherited members. */
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

/** TypeBox ignores the bounds of numbers written as text. A `minLength` of 1 is safe: one UTF-16 unit or more is one character or more. */
function isStrictText(schema: TSchema): boolean {
  const { minLength = 0, const: only, format } = schema
  return minLength <= 1 && only === undefined && format !== 'int64' && format !== 'decimal'
}
