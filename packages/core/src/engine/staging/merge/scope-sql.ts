// A scope → SQL conditions on a row of its table.

import { literal } from '../../../postgres/identifier.ts'
import type { ScopeTest, TargetColumn } from '../../catalogue/target.ts'

/** Returns conditions to append to another one; empty without a scope. @param alias alias of the row */
export function andInScope(scope: readonly ScopeTest[], alias: string): string {
  return scope.map(test => ` and ${condition(test, alias)}`).join('')
}

function condition({ column, values, orNull }: ScopeTest, alias: string): string {
  const name = `${alias}.${column.sql}`
  if (values.length === 0) return `${name} is null`
  const literals = values.map(value => typedLiteral(column, value))
  const equals =
    literals.length === 1 ? `${name} = ${literals.join()}` : `${name} in (${literals.join(', ')})`
  return orNull ? `(${equals} or ${name} is null)` : equals
}

/** The cast to `never` is safe: the codec itself parsed the value. */
function typedLiteral({ codec, info }: TargetColumn, value: unknown): string {
  return `${literal(codec.toCopy(value as never))}::${codec.stagingType}::${info.castType}`
}
