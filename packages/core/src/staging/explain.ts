// Verdicts and refusals → record errors: which field, which code, and one sentence for the owner of the file.
import { unquoted } from '../catalogue/match-stand-ins.ts'
import type { Target, TargetColumn, TargetKey, TargetReference } from '../catalogue/target.ts'
import { rowsSuppressed } from '../postgres/sqlstate.ts'
import type { Field } from '../resource/field.ts'
import { type Row, reject } from '../resource/row.ts'
import type { Questions } from './classify-sql.ts'
import type { OnConflict } from './conflict.ts'
import { explainNumber } from './explain-number.ts'
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
  const [first] = toldOf(target, key)
  const place =
    twin === undefined
      ? `is already in ${target.resource.name}`
      : `is already in row ${twin.source.rowNumber} of this file`
  reject(target.resource, row, first?.field ?? null, key.code, `The same ${namesOf(target, key)} ${place}.`)
}

/** The record is another row than the one that has this key: under `ignore` and `update` that is the only duplicate. */
function explainClash(target: Target, key: TargetKey, row: Row, twin: Row | undefined): void {
  const names = namesOf(target, key)
  const owner =
    twin === undefined
      ? `another row of ${target.resource.name}`
      : `row ${twin.source.rowNumber} of this file`
  reject(
    target.resource,
    row,
    toldOf(target, key)[0]?.field ?? null,
    key.code,
    `The ${names} of this record belongs to ${owner}, and its other keys do not; correct one of them.`,
  )
}

function namesOf(target: Target, key: TargetKey): string {
  const names = toldOf(target, key).map(({ field }) => `"${field.name}"`)
  return names.length === 0 ? 'key' : names.join(' and ')
}

/** The columns of a key that a file can do something about: what the caller's scope fixes is none of them. */
function toldOf({ scope }: Target, { columns }: TargetKey): readonly TargetColumn[] {
  return columns.filter(column => !scope.some(test => test.column.field === column.field))
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
  if (isAboutOthers(target, refusal)) {
    reject(target.resource, row, null, 'CONSTRAINT_VIOLATION', unavailable)
    return
  }
  if (explainNumber(target, row, refusal)) return
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

/** One sentence for all such rows, without a name: what others have is nobody's business, not even that they have it. */
const unavailable =
  'This record cannot be taken: a value in it that must be unique is not available. Choose another one, or leave it out.'

/**
 * Whatever clashes with the caller's own rows was found before, so that what still clashes may be a row that the caller
 * cannot see, unless the index holds all that the scope fixes.
 */
function isAboutOthers({ scope, table }: Target, { state, constraint }: Refusal): boolean {
  if (scope.length === 0 || (state !== '23505' && state !== '23P01')) return false
  const parts = table.uniqueIndexes.find(({ name }) => name === constraint)?.parts.map(unquoted) ?? []
  return !scope.every(({ column }) => parts.includes(column.info.name))
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
