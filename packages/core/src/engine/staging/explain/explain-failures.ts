// Rows that failed in the database → their record errors: keys and references of the resource, then values, then rules.

import type { Client } from '../../../postgres/pool/checkout.ts'
import { columnsIn } from '../../catalogue/rules/expression.ts'
import { partTexts } from '../../catalogue/rules/index-part.ts'
import { type NamedRule, readRules } from '../../catalogue/rules/rules.ts'
import { readTableCode, readTypes, type TableCode } from '../../catalogue/rules/table-code.ts'
import type { Target } from '../../catalogue/target.ts'
import { type Row, reject } from '../../resource/row.ts'
import { type ConstraintFailure, type Diagnosis, raised } from '../merge/constraint-failure.ts'
import type { MergeContext } from '../merge/merge-context.ts'
import { failedRow } from '../merge/row-by-row.ts'
import { explainDuplicate, explainMissing } from './explain.ts'
import { explainRow } from './explain-failure.ts'
import { explainNumber } from './explain-number.ts'
import { explainValue } from './explain-value.ts'
import {
  cachedReport,
  type FailureContext,
  type FailureReport,
  fieldsOf,
  rejectWith,
} from './failure-error.ts'
import { reasonOf } from './failure-sentences.ts'
import { type Located, locatedSql, locateSql, type Step, stepsOf } from './locate-sql.ts'
import { raisedText } from './raised-text.ts'

/** Explains each failure from the catalogue. If an error names neither a column nor a constraint, the row is tried again step by step. */
export async function explainFailures(
  context: MergeContext,
  failures: readonly ConstraintFailure[],
): Promise<void> {
  if (failures.length === 0) return
  const { client, target, batch } = context
  const code = await readTableCode(client, target.table.oid)
  const steps = stepsOf(batch, code)
  const located = await locate(context, steps, failures.filter(needsLocating))
  const types = steps.flatMap(step => (step.kind === 'column' ? [step.column.column.info.castType] : []))
  const known = await readFailureContext(client, target, code, [...failures, ...located], types)
  const byRow = new Map<number, Found[]>()
  for (const one of located) {
    const found = { ...one, step: steps[one.at] }
    byRow.set(one.row, [...(byRow.get(one.row) ?? []), found])
  }
  for (const failure of failures) {
    explainFailure(known, failedRow(context, failure), failure, byRow.get(failure.row) ?? [])
  }
}

/** False if the error says what failed, or if another try could not find out. */
function needsLocating({ state, table, constraint, column, datatype }: ConstraintFailure): boolean {
  const isNamed = ['23505', '23503', '23001', '23P01', '42501', '44000', '2200H', 'LD001'].includes(state)
  if (isNamed || column !== '') return false
  if (state === '23514') return datatype !== ''
  return state !== '54000' || constraint === '' || table === ''
}

async function locate(
  { client, target, staging }: MergeContext,
  steps: readonly Step[],
  failures: readonly ConstraintFailure[],
): Promise<readonly Located[]> {
  if (failures.length === 0) return []
  const rows = failures.map(({ row }) => row)
  await client.query(locateSql(target, staging, steps, rows))
  const { rows: result } = await client.query(locatedSql)
  // The block builds exactly this shape.
  return result[0]?.found as readonly Located[]
}

/** Reads the catalogue for all diagnoses. @param types names of types, as `format_type` gives them */
export async function readFailureContext(
  client: Client,
  target: Target,
  code: TableCode,
  diagnoses: readonly Diagnosis[],
  types: readonly string[],
): Promise<FailureContext> {
  const keyOf = ({ schema, table, constraint, datatype }: NamedRule) =>
    [schema, table, constraint, datatype].join('\0')
  const named = new Map(
    diagnoses
      .filter(({ constraint, table, datatype }) => constraint !== '' || table !== '' || datatype !== '')
      .map(diagnosis => [keyOf(diagnosis), diagnosis]),
  )
  const rules = named.size === 0 ? [] : await readRules(client, target.table.oid, [...named.values()])
  const byKey = new Map([...named.keys()].map((key, index) => [key, rules[index]]))
  return {
    target,
    code,
    types: await readTypes(client, [...new Set(types)]),
    ruleOf: diagnosis => byKey.get(keyOf(diagnosis)),
    reports: new Map(),
  }
}

type Found = Located & { readonly step: Step | undefined }

function explainFailure(
  known: FailureContext,
  row: Row,
  failure: ConstraintFailure,
  located: readonly Found[],
): void {
  const { target } = known
  const rule = known.ruleOf(failure)
  const name = rule?.index?.name ?? rule?.constraint?.name ?? failure.constraint
  if (mayConcernHiddenRows(target, failure, name)) {
    reject(target.resource, row, null, 'CONSTRAINT_VIOLATION', unavailable)
    return
  }
  const key = target.keys.find(({ index }) => index === name)
  if (explainNumber(target, row, failure, key)) return
  if (failure.state === '23505' && key !== undefined) {
    explainDuplicate(target, key, row, undefined)
    return
  }
  const reference = target.references.find(({ constraint }) => constraint === rule?.constraint?.name)
  if (failure.state === '23503' && reference !== undefined && rule?.constraint?.isInbound === false) {
    explainMissing(target, reference, row)
    return
  }
  const same = located.filter(one => isSame(one, failure))
  if (same.some(({ step }) => step?.kind === 'column')) {
    for (const one of located) {
      if (one.step?.kind !== 'column') continue
      const { field, info } = one.step.column.column
      explainValue(known, row, { field, element: null, type: info.castType }, one)
    }
    return
  }
  const [computed] = same
  if (computed?.step === undefined || computed.step.kind === 'column') explainRow(known, row, failure)
  else {
    const { step } = computed
    rejectWith(
      known,
      row,
      cachedReport(known, computed, computed.at, () => ofComputed(known, step, computed)),
    )
  }
}

/** True if the step failed with the same error as the row. */
function isSame(one: Diagnosis, other: Diagnosis): boolean {
  return one.state === other.state && one.constraint === other.constraint && one.message === other.message
}

/** For an expression of the table that fails for the values of this row. */
function ofComputed(
  known: FailureContext,
  step: Exclude<Step, { kind: 'column' }>,
  diagnosis: Diagnosis,
): FailureReport {
  const names = known.target.table.columns.map(({ name }) => name)
  const fields = fieldsOf(known, columnsIn(step.sql, names))
  if (diagnosis.state === raised) return { ...raisedText(known, diagnosis), fields }
  const words = reasonOf(diagnosis.state)
  if (words === undefined) return { sentence: 'raised without a word', fields }
  const sentence = computedSentences[step.kind]
  return { sentence, rule: step.name, words, fields }
}

const computedSentences = {
  generated: 'cannot compute',
  check: 'cannot judge',
  index: 'cannot index',
} as const

/** The same sentence for all such rows. It names no field, so that it does not reveal rows outside the caller's scope. */
const unavailable =
  'This record cannot be imported: one of its values must be unique and is not available. Choose another value, or leave it out.'

/**
 * True if the clash may be with a row that the caller cannot see. Clashes with the caller's own rows were found before.
 * An index that contains all columns fixed by the scope can clash only with the caller's own rows.
 */
function mayConcernHiddenRows(
  { scope, table }: Target,
  { state }: ConstraintFailure,
  index: string,
): boolean {
  if (scope.length === 0 || (state !== '23505' && state !== '23P01')) return false
  const parts = partTexts(table.uniqueIndexes.find(({ name }) => name === index)?.parts ?? [])
  return !scope.every(({ column }) => parts.includes(column.sql))
}
