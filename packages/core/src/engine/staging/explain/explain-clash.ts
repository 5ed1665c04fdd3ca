// A failed unique or exclusion constraint that is not a key of the resource → the sentence of the record error.
import { columnsIn, parseExpression } from '../../catalogue/rules/expression.ts'
import type { IndexRule } from '../../catalogue/rules/rules.ts'
import type { Diagnosis } from '../merge/constraint-failure.ts'
import { type FailureContext, type FailureReport, fieldsOf } from './failure-error.ts'

export function explainClash(known: FailureContext, diagnosis: Diagnosis): FailureReport {
  const found = known.ruleOf(diagnosis)
  const index = found?.index
  if (index == null) {
    const { constraint: rule } = diagnosis
    return rule === '' ? { sentence: 'raised without a word' } : { sentence: 'rule', rule }
  }
  const rule = found?.constraint?.name ?? index.name
  const operators = found?.constraint?.operators
  if (operators?.some(operator => operator !== '=') === true) {
    return exclusion(known, index, rule, operators ?? [])
  }
  return unique(known, index, rule)
}

function unique(known: FailureContext, { parts, predicate }: IndexRule, rule: string): FailureReport {
  const fields = fieldsOf(known, columnsOf(known, parts))
  if (fields.length === 0) return { sentence: 'unique, unnamed', rule }
  if (predicate !== null) return { sentence: 'unique, partial', rule, fields }
  const kinds = parts.map(part => {
    const expression = parseExpression(part)
    if (expression?.kind === 'column') return 'plain'
    const isFolded = expression?.kind === 'call' && expression.name === 'lower'
    return isFolded && expression.of[0]?.kind === 'column' ? 'folded' : 'computed'
  })
  if (kinds.includes('computed')) return { sentence: 'unique, computed', rule, fields }
  return { sentence: kinds.includes('folded') ? 'unique, folded' : 'unique', rule, fields }
}

function exclusion(
  known: FailureContext,
  { parts }: IndexRule,
  rule: string,
  operators: readonly string[],
): FailureReport {
  const fields = fieldsOf(known, columnsOf(known, parts))
  if (fields.length === 0) return { sentence: 'exclusion, unnamed', rule }
  if (parts.length === 1 && operators[0] === '&&') return { sentence: 'overlap', rule, fields }
  const words = parts.flatMap((part, index) => {
    const adjective = adjectives.get(operators[index] ?? '') ?? 'a conflicting'
    return fieldsOf(known, columnsOf(known, [part])).map(({ name }) => `${adjective} "${name}"`)
  })
  return { sentence: 'exclusion', rule, fields, words: words.join(' and ') }
}

const adjectives: ReadonlyMap<string, string> = new Map([
  ['=', 'the same'],
  ['&&', 'an overlapping'],
  ['<>', 'a different'],
])

function columnsOf({ target }: FailureContext, parts: readonly string[]): readonly string[] {
  const names = target.table.columns.map(({ name }) => name)
  return parts.flatMap(part => columnsIn(part, names))
}
