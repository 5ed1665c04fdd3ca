// Rows that the database refused → their record errors: the keys and references of the resource, then values, then rules.

import type { Client } from '../../../postgres/pool/client.ts'
import { columnsIn } from '../../catalogue/rules/expression.ts'
import { partTexts } from '../../catalogue/rules/index-part.ts'
import { type NamedRule, readRules } from '../../catalogue/rules/rules.ts'
import { readTableCode, readTypes, type TableCode } from '../../catalogue/rules/table-code.ts'
import type { Target } from '../../catalogue/target.ts'
import { type Row, reject } from '../../resource/row.ts'
import { type ConstraintFailure, type Diagnosis, raised } from '../merge/constraint-failure.ts'
import type { MergeContext } from '../merge/merge-context.ts'
import { refusedRow } from '../merge/row-by-row.ts'
import { explainDuplicate, explainMissing } from './explain.ts'
import { explainRow } from './explain-failure.ts'
import { explainNumber } from './explain-number.ts'
import { explainValue } from './explain-value.ts'
import { type FailureReport, fieldsOf, type Known, sameReport, tell } from './failure-error.ts'
import { reasonOf } from './failure-sentences.ts'
import { type Located, locatedSql, locateSql, type Step, stepsOf } from './locate-sql.ts'
import { raisedText } from './raised-text.ts'

/** Asks the catalogue, and for what names neither a column nor a rule tries again what may have failed. */
export async function explainFailures(
  job: MergeContext,
  refusals: readonly ConstraintFailure[],
): Promise<void> {
  if (refusals.length === 0) return
  const { client, target, batch } = job
  const code = await readTableCode(client, target.table.oid)
  const steps = stepsOf(batch, code)
  const located = await locate(job, steps, refusals.filter(isUnplaced))
  const types = steps.flatMap(step => (step.kind === 'column' ? [step.column.column.info.castType] : []))
  const known = await gather(client, target, code, [...refusals, ...located], types)
  const byRow = new Map<number, Found[]>()
  for (const one of located) {
    const found = { ...one, step: steps[one.at] }
    byRow.set(one.row, [...(byRow.get(one.row) ?? []), found])
  }
  for (const refusal of refusals) {
    explainFailure(known, refusedRow(job, refusal), refusal, byRow.get(refusal.row) ?? [])
  }
}

/** The database says of these what refused them, or nothing could be found by trying. */
function isUnplaced({ state, table, constraint, column, datatype }: ConstraintFailure): boolean {
  const isTold = ['23505', '23503', '23001', '23P01', '42501', '44000', '2200H', 'LD001'].includes(state)
  if (isTold || column !== '') return false
  if (state === '23514') return datatype !== ''
  return state !== '54000' || constraint === '' || table === ''
}

async function locate(
  { client, target, staging }: MergeContext,
  steps: readonly Step[],
  refusals: readonly ConstraintFailure[],
): Promise<readonly Located[]> {
  if (refusals.length === 0) return []
  const rows = refusals.map(({ row }) => row)
  await client.query(locateSql(target, staging, steps, rows))
  const { rows: left } = await client.query(locatedSql)
  // The block builds exactly this shape.
  return left[0]?.found as readonly Located[]
}

/** What the catalogue knows of whatever is diagnosed. @param types names of types, as `format_type` gives them */
export async function gather(
  client: Client,
  target: Target,
  code: TableCode,
  diagnoses: readonly Diagnosis[],
  types: readonly string[],
): Promise<Known> {
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
    told: new Map(),
  }
}

type Found = Located & { readonly step: Step | undefined }

function explainFailure(known: Known, row: Row, refusal: ConstraintFailure, located: readonly Found[]): void {
  const { target } = known
  const rule = known.ruleOf(refusal)
  const name = rule?.index?.name ?? rule?.constraint?.name ?? refusal.constraint
  if (isAboutOthers(target, refusal, name)) {
    reject(target.resource, row, null, 'CONSTRAINT_VIOLATION', unavailable)
    return
  }
  const key = target.keys.find(({ index }) => index === name)
  if (explainNumber(target, row, refusal, key)) return
  if (refusal.state === '23505' && key !== undefined) {
    explainDuplicate(target, key, row, undefined)
    return
  }
  const reference = target.references.find(({ constraint }) => constraint === rule?.constraint?.name)
  if (refusal.state === '23503' && reference !== undefined && rule?.constraint?.isInbound === false) {
    explainMissing(target, reference, row)
    return
  }
  const same = located.filter(one => isSame(one, refusal))
  if (same.some(({ step }) => step?.kind === 'column')) {
    for (const one of located) {
      if (one.step?.kind !== 'column') continue
      const { field, info } = one.step.column.column
      explainValue(known, row, { field, element: null, type: info.castType }, one)
    }
    return
  }
  const [computed] = same
  if (computed?.step === undefined || computed.step.kind === 'column') explainRow(known, row, refusal)
  else {
    const { step } = computed
    tell(
      known,
      row,
      sameReport(known, computed, computed.at, () => ofComputed(known, step, computed)),
    )
  }
}

/** What was found by trying is what refused the row. */
function isSame(one: Diagnosis, other: Diagnosis): boolean {
  return one.state === other.state && one.constraint === other.constraint && one.message === other.message
}

/** An expression of the table fails for the values of this row. */
function ofComputed(
  known: Known,
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

/** One sentence for all such rows, without a name: what others have is nobody's business, not even that they have it. */
const unavailable =
  'This record cannot be taken: a value in it that must be unique is not available. Choose another one, or leave it out.'

/**
 * Whatever clashes with the caller's own rows was found before, so that what still clashes may be a row that the caller
 * cannot see, unless the index holds all that the scope fixes.
 */
function isAboutOthers({ scope, table }: Target, { state }: ConstraintFailure, index: string): boolean {
  if (scope.length === 0 || (state !== '23505' && state !== '23P01')) return false
  const parts = partTexts(table.uniqueIndexes.find(({ name }) => name === index)?.parts ?? [])
  return !scope.every(({ column }) => parts.includes(column.sql))
}
