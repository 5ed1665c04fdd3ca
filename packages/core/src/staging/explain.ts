// Verdicts and refusals → record errors: which field, which code, and one sentence for the owner of the file.
import type { Target, TargetKey, TargetReference } from '../catalogue/target.ts'
import { rowsSuppressed } from '../postgres/sqlstate.ts'
import type { Field } from '../resource/field.ts'
import { type Row, reject } from '../resource/row.ts'
import type { Questions } from './classify-sql.ts'
import type { OnConflict } from './conflict.ts'
import type { Verdict } from './judge.ts'
import type { Refusal } from './refusal.ts'

/** Notes what classification found. @param rows the batch, to name the row that has the key already */
export function explainVerdicts(
  target: Target,
  questions: Questions,
  rows: readonly Row[],
  row: Row,
  verdicts: readonly Verdict[],
  onConflict: OnConflict = 'error',
): void {
  for (const verdict of verdicts) {
    if (verdict.rule === 'key') {
      const key = questions.keys[verdict.index]
      const twin = verdict.twin === null ? undefined : rows[verdict.twin]
      if (key && onConflict === 'error') explainDuplicate(target, key, row, twin)
      else if (key) explainClash(target, key, row, twin)
    } else {
      const reference = questions.references[verdict.index]
      if (reference) explainMissing(target, reference, row)
    }
  }
}

function explainDuplicate(target: Target, key: TargetKey, row: Row, twin: Row | undefined): void {
  const [first] = key.columns
  const place =
    twin === undefined
      ? `is already in ${target.resource.name}`
      : `is already in row ${twin.source.rowNumber} of this file`
  reject(target.resource, row, first?.field ?? null, key.code, `The same ${namesOf(key)} ${place}.`)
}

/** The record is another row than the one that has this key: under `ignore` and `update` that is the only duplicate. */
function explainClash(target: Target, key: TargetKey, row: Row, twin: Row | undefined): void {
  const names = namesOf(key)
  const owner =
    twin === undefined
      ? `another row of ${target.resource.name}`
      : `row ${twin.source.rowNumber} of this file`
  reject(
    target.resource,
    row,
    key.columns[0]?.field ?? null,
    key.code,
    `The ${names} of this record belongs to ${owner}, and its other keys do not; correct one of them.`,
  )
}

function namesOf(key: TargetKey): string {
  return key.columns.map(({ field }) => `"${field.name}"`).join(' and ')
}

function explainMissing(target: Target, { column, reference, standIns }: TargetReference, row: Row): void {
  const isGiven = ({ index }: Field) => row.values[index] !== undefined && row.values[index] !== null
  const standIn = standIns.find(({ field }) => isGiven(field))?.field
  const isBoth = standIn !== undefined && isGiven(column.field)
  const message = isBoth
    ? `"${standIn.name}" and "${column.field.name}" do not name one and the same row of ${reference.table}.`
    : `"${(standIn ?? column.field).name}" names no row of ${reference.table} that exists or came earlier in this file.`
  reject(target.resource, row, standIn ?? column.field, reference.code, message)
}

/** Notes what the database said of a row that it was asked to take alone. */
export function explainRefusal(target: Target, row: Row, refusal: Refusal): void {
  const key = target.keys.find(({ index }) => index === refusal.constraint)
  if (refusal.state === '23505' && key !== undefined) {
    explainDuplicate(target, key, row, undefined)
    return
  }
  const reference = target.references.find(({ constraint }) => constraint === refusal.constraint)
  if (refusal.state === '23503' && reference !== undefined) {
    explainMissing(target, reference, row)
    return
  }
  const column = target.columns.find(({ info }) => info.name === refusal.column)
  reject(target.resource, row, column?.field ?? null, 'CONSTRAINT_VIOLATION', refusalSentence(refusal))
}

const refusalSentences: ReadonlyMap<string, (refusal: Refusal) => string> = new Map([
  ['23502', ({ column }) => `The column "${column}" of the table must not be empty.`],
  ['23503', ({ constraint }) => `The row refers to one that does not exist (foreign key "${constraint}").`],
  [
    '23505',
    ({ constraint }) => `The table already has a row with these values (unique index "${constraint}").`,
  ],
  ['23514', ({ constraint }) => `The row breaks the rule "${constraint}" of the table.`],
  ['23P01', ({ constraint }) => `The row clashes with another row (exclusion constraint "${constraint}").`],
  ['22001', () => 'A text is longer than its column allows.'],
  ['22003', () => 'A number is out of the range of its column.'],
  ['42501', () => 'The database does not let this row in (row-level security, or a missing privilege).'],
  [rowsSuppressed, () => 'The table dropped the row without saying why; a trigger does that.'],
])

function refusalSentence(refusal: Refusal): string {
  const sentence = refusalSentences.get(refusal.state)
  if (sentence !== undefined) return sentence(refusal)
  const rule = refusal.constraint === '' ? '' : ` by its rule "${refusal.constraint}"`
  return `The table refused the row${rule} (SQLSTATE ${refusal.state}).`
}
