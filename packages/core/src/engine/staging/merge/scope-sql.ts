// A scope → SQL conditions on a row of the table that it belongs to.

import { literal } from '../../../postgres/identifier.ts'
import type { ScopeTest, TargetColumn } from '../../catalogue/target.ts'

/** Conditions behind another one; nothing at all without a scope. @param alias that of the row */
export function andInScope(scope: readonly ScopeTest[], alias: string): string {
  return scope.map(test => ` and ${condition(test, alias)}`).join('')
}

function condition({ column, values, orNull }: ScopeTest, alias: string): string {
  const name = `${alias}.${column.sql}`
  if (values.length === 0) return `${name} is null`
  const wanted = values.map(value => typed(column, value))
  const equals = wanted.length === 1 ? `${name} = ${wanted.join()}` : `${name} in (${wanted.join(', ')})`
  return orNull ? `(${equals} or ${name} is null)` : equals
}

/** What a codec parsed it can write. */
function typed({ codec, info }: TargetColumn, value: unknown): string {
  return `${literal(codec.toCopy(value as never))}::${codec.stagingType}::${info.castType}`
}
