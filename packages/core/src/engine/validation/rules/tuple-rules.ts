// A tuple inside JSON: a list with a schema for each element → its check.
import type { TTuple } from '@sinclair/typebox'
import { allOf, type Check, type Compile } from './check.ts'
import { isList, sizeCheck } from './list-rules.ts'

export function tupleCheck(schema: TTuple, compile: Compile): Check | undefined {
  const checks = (schema.items ?? []).map(item => compile(item))
  return allOf([
    isList(schema),
    sizeCheck('element', value => (value as unknown[]).length, schema.minItems, schema.maxItems),
    value => {
      for (const [index, check] of checks.entries()) {
        const problem = check?.((value as readonly unknown[])[index])
        if (problem !== undefined) return problem.within(index + 1)
      }
      return undefined
    },
  ])
}
