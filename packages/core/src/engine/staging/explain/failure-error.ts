// One record error for a refusal: a sentence of the table, the fields that it is about, and their values.
import { columnsIn } from '../../catalogue/rules/expression.ts'
import type { Rule } from '../../catalogue/rules/rules.ts'
import type { TableCode } from '../../catalogue/rules/table-code.ts'
import type { TypeInfo } from '../../catalogue/rules/type-words.ts'
import type { Target } from '../../catalogue/target.ts'
import type { Field } from '../../resource/field.ts'
import { type Row, reject, shownValue } from '../../resource/row.ts'
import type { Diagnosis } from '../merge/constraint-failure.ts'
import { type Facts, type SentenceName, sentences } from './failure-sentences.ts'

/** What is known when refusals are explained. */
export interface Known {
  readonly target: Target
  readonly code: TableCode
  readonly types: ReadonlyMap<string, TypeInfo>
  ruleOf(diagnosis: Diagnosis): Rule | undefined
  /** What was told of the same refusal of another row: thousands of rows are refused alike. */
  readonly told: Map<string, FailureReport>
}

/** What is told of a refusal, where it is the same for all rows. @param of what else it depends on */
export function sameReport(
  { told }: Known,
  { state, schema, table, constraint, column, datatype, message, hint }: Diagnosis,
  of: string | number,
  make: () => FailureReport,
): FailureReport {
  const key = [of, state, schema, table, constraint, column, datatype, message, hint].join('\0')
  const known = told.get(key) ?? make()
  told.set(key, known)
  return known
}

export interface FailureReport extends Partial<Omit<Facts, 'resource' | 'values'>> {
  readonly sentence: SentenceName
  /** The first one is the error's. */
  readonly fields?: readonly Field[]
  /** @defaultValue `CONSTRAINT_VIOLATION` */
  readonly errorCode?: string
}

export function tell({ target: { resource } }: Known, row: Row, told: FailureReport): void {
  const { sentence, fields = [], errorCode = 'CONSTRAINT_VIOLATION', ...given } = told
  const facts: Facts = {
    resource: resource.name,
    names: fields.map(({ name }) => `"${name}"`),
    values: fields.map(field => shownValue(row, field)),
    rule: '',
    words: '',
    other: '',
    others: [],
    ...given,
  }
  reject(resource, row, fields[0] ?? null, errorCode, sentences[sentence](facts))
}

/**
 * The fields that a file can do something about: those of the columns, and for a column that the table computes those
 * that it is computed from. What the caller's scope fixes is none of them; hidden ones only where there is no other.
 */
export function fieldsOf(known: Known, columns: readonly string[]): readonly Field[] {
  const { target } = known
  const found = columns.flatMap(column => {
    const inputs = inputsOf(known, column)
    if (inputs !== undefined) return fieldsOf(known, inputs)
    const field = fieldOf(target, column)
    return field === undefined || target.scope.some(test => test.column.field === field) ? [] : [field]
  })
  const shown = found.filter(({ hidden }) => !hidden)
  return [...new Set(shown.length > 0 ? shown : found)]
}

/** The field of a column that a file can fill. */
export function fieldOf({ columns }: Target, column: string): Field | undefined {
  return columns.find(({ info }) => info.name === column && !info.isGenerated)?.field
}

/** The columns that the table computes this one from; undefined for one that is written. */
export function inputsOf({ target, code }: Known, column: string): readonly string[] | undefined {
  const generated = code.generated.find(({ name }) => name === column)
  return (
    generated &&
    columnsIn(
      generated.sql,
      target.table.columns.map(({ name }) => name),
    )
  )
}
