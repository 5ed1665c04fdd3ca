// The database's diagnosis of a single row → the sentence of its error, and the fields concerned.

import { rowsSuppressed } from '../../../postgres/sqlstate.ts'
import { displayName, displayTable } from '../../../util/text/names-in-sentences.ts'
import { and, checkWords } from '../../catalogue/rules/check-words.ts'
import { columnsIn } from '../../catalogue/rules/expression.ts'
import type { ConstraintRule } from '../../catalogue/rules/rules.ts'
import type { Field } from '../../resource/field.ts'
import { type Row, shownValue } from '../../resource/row.ts'
import { type Diagnosis, raised } from '../merge/constraint-failure.ts'
import { explainClash } from './explain-clash.ts'
import {
  cachedReport,
  type FailureContext,
  type FailureReport,
  fieldOf,
  fieldsOf,
  inputsOf,
  rejectWith,
} from './failure-error.ts'
import { reasonOf } from './failure-sentences.ts'
import { raisedText } from './raised-text.ts'

/** Explains a failure where no single value is known to be at fault. */
export function explainRow(known: FailureContext, row: Row, diagnosis: Diagnosis): void {
  const explain = byState.get(diagnosis.state) ?? failing
  const report = () => explain(known, diagnosis, row)
  rejectWith(known, row, dependsOnRow(diagnosis) ? report() : cachedReport(known, diagnosis, '', report))
}

/** True if the sentence depends on the values of the row. */
function dependsOnRow({ state, constraint }: Diagnosis): boolean {
  return ['23503', '23001', '2200H'].includes(state) || (state === '23514' && constraint === '')
}

type Explain = (known: FailureContext, diagnosis: Diagnosis, row: Row) => FailureReport

const byState: ReadonlyMap<string, Explain> = new Map<string, Explain>([
  ['23502', notNull],
  ['23514', check],
  ['23503', foreignKey],
  ['23001', foreignKey],
  ['23505', explainClash],
  ['23P01', explainClash],
  ['44000', view],
  ['42501', ({ code }) => ({ sentence: code.hasPolicies ? 'policy' : 'privilege' })],
  ['54000', tooLarge],
  ['2200H', sequenceExhausted],
  [rowsSuppressed, () => ({ sentence: 'dropped' })],
  [raised, (known, diagnosis) => ({ ...raisedText(known, diagnosis), fields: named(known, diagnosis) })],
])

/** For code of the table's owner that fails, or that rejects the record with its own SQLSTATE. */
function failing(known: FailureContext, diagnosis: Diagnosis): FailureReport {
  const words = reasonOf(diagnosis.state)
  const fields = named(known, diagnosis)
  if (words !== undefined) return { sentence: 'code fails', words, fields }
  return { sentence: 'raised without a word', fields }
}

/** Returns the field that the error names, by field name or by column. */
function named({ target }: FailureContext, { column }: Diagnosis): readonly Field[] {
  const field = target.resource.fields.find(({ name }) => name === column) ?? fieldOf(target, column)
  return field === undefined ? [] : [field]
}

function notNull(known: FailureContext, diagnosis: Diagnosis): FailureReport {
  const { column } = diagnosis
  const fields = fieldsOf(known, [column])
  if (inputsOf(known, column) !== undefined) {
    return { sentence: fields.length > 0 ? 'no computed value' : 'no value of its own', rule: column, fields }
  }
  if (fields.length > 0) return { sentence: 'no value', fields }
  return column === '' ? failing(known, diagnosis) : { sentence: 'no value of its own', rule: column }
}

function check(known: FailureContext, diagnosis: Diagnosis, row: Row): FailureReport {
  const { constraint: name, table } = diagnosis
  const rule = known.ruleOf(diagnosis)
  if (name === '') {
    if (table === '') return failing(known, diagnosis)
    return rule?.partitionKey != null
      ? noPartition(known, rule.partitionKey, rule.columns, row)
      : outside(known, rule?.bounds)
  }
  const found = rule?.constraint
  if (found == null || found.check === null) return { sentence: 'rule', rule: name }
  return inWords(known, found.check, found) ?? byName(known, found.columns, name)
}

function byName(known: FailureContext, columns: readonly string[], rule: string): FailureReport {
  const fields = fieldsOf(known, columns)
  return { sentence: fields.length === 0 ? 'rule' : 'check', rule, fields }
}

/** Returns undefined if the rule cannot be put into words, or names columns that the file cannot fill. */
function inWords(known: FailureContext, sql: string, rule?: ConstraintRule): FailureReport | undefined {
  const { target } = known
  const words = checkWords(sql, column => target.table.columns.find(({ name }) => name === column)?.type)
  const names = words && namesIn(known, words.columns)
  if (words === undefined || names === undefined) return undefined
  const isComputed = words.columns.some(column => inputsOf(known, column) !== undefined)
  return {
    sentence: isComputed
      ? 'check in words, computed'
      : rule?.isOfPartition === true
        ? 'check in words, of a partition'
        : 'check in words',
    words: words.say(column => names.get(column) ?? ''),
    fields: fieldsOf(known, words.columns),
  }
}

/** Maps columns to their names in a sentence. Returns undefined if a column is neither a visible field nor computed from one. */
function namesIn(known: FailureContext, columns: readonly string[]): ReadonlyMap<string, string> | undefined {
  const names = new Map<string, string>()
  for (const column of columns) {
    const [first, ...more] = fieldsOf(known, [column])
    if (first === undefined || first.hidden) return undefined
    const list = and([first, ...more].map(({ name }) => `"${name}"`))
    const isComputed = inputsOf(known, column) !== undefined
    names.set(column, isComputed ? `"${column}", which the table computes from ${list},` : list)
  }
  return names
}

function noPartition(
  known: FailureContext,
  key: string,
  columns: readonly string[],
  row: Row,
): FailureReport {
  const { target } = known
  const other = displayTable(target.resource.table)
  const fields = fieldsOf(known, columnsIn(key, columns))
  if (fields.length === 0) return { sentence: 'no partition, unnamed', other }
  const words = fields.map(field => {
    const value = row.values[field.index]
    const info = target.columns.find(column => column.field === field)?.info
    if (value === undefined && info?.default != null) return `the default of "${field.name}"`
    if (value === undefined || value === null) return `a row without "${field.name}"`
    const shown = shownValue(row, field)
    return `${shown === undefined ? 'its value' : `"${shown}"`} as "${field.name}"`
  })
  return { sentence: 'no partition', other, fields, words: words.join(' and ') }
}

/** For a resource whose table is itself a partition. */
function outside(known: FailureContext, bounds: string | null | undefined): FailureReport {
  const { target } = known
  const names = target.table.columns.map(({ name }) => name)
  const fields = bounds == null ? [] : fieldsOf(known, columnsIn(bounds, names))
  const report = bounds == null ? undefined : inWords(known, bounds)
  return report ?? { sentence: 'out of the partition', other: displayTable(target.resource.table), fields }
}

function foreignKey(known: FailureContext, diagnosis: Diagnosis, row: Row): FailureReport {
  const { constraint: rule } = diagnosis
  const found = known.ruleOf(diagnosis)?.constraint
  if (found == null || found.type !== 'f' || found.targets === null) {
    return rule === '' ? failing(known, diagnosis) : { sentence: 'rule', rule }
  }
  if (found.isInbound) {
    const other = displayName(known.ruleOf(diagnosis)?.table ?? '')
    return { sentence: 'referred to', other, fields: fieldsOf(known, found.targets) }
  }
  const pairs = found.columns.flatMap((column, index) =>
    fieldsOf(known, [column]).map(field => ({ field, target: found.targets?.[index] ?? '' })),
  )
  const fields = pairs.map(({ field }) => field)
  if (fields.length === 0) return { sentence: 'rule', rule: found.name }
  const isEmpty = ({ index }: Field) => row.values[index] === undefined || row.values[index] === null
  if (found.isMatchFull && fields.some(isEmpty)) return { sentence: 'foreign key, full', fields }
  return {
    sentence: 'foreign key',
    other: displayName(found.referred ?? ''),
    others: pairs.map(({ target }) => displayName(target)),
    fields,
  }
}

function view(known: FailureContext): FailureReport {
  const { target, code } = known
  const other = displayTable(target.resource.table)
  const condition = /\bWHERE\s+([\s\S]*?);?\s*$/.exec(code.view ?? '')?.[1]
  const report = condition === undefined ? undefined : inWords(known, condition)
  if (report?.words === undefined) return { sentence: 'view', other }
  return { ...report, sentence: 'view in words', other }
}

function tooLarge(known: FailureContext, diagnosis: Diagnosis): FailureReport {
  const index = known.ruleOf(diagnosis)?.index
  if (index == null) return { sentence: 'too large' }
  const names = known.target.table.columns.map(({ name }) => name)
  const fields = fieldsOf(
    known,
    index.parts.flatMap(part => columnsIn(part, names)),
  )
  return { sentence: 'too long for an index', rule: index.name, fields }
}

/** Names the field whose column draws from a sequence and has no value in the row, if there is only one. */
function sequenceExhausted({ target }: FailureContext, _: Diagnosis, row: Row): FailureReport {
  const drawing = target.columns.filter(
    ({ info, field }) =>
      info.default?.startsWith('nextval(') === true && (row.values[field.index] ?? null) === null,
  )
  return { sentence: 'no number left', fields: drawing.length === 1 ? drawing.map(({ field }) => field) : [] }
}
