// A failure report → one record error: a sentence from the table, the fields concerned, and their values.
import { columnsIn } from '../../catalogue/rules/expression.ts'
import type { TableRule } from '../../catalogue/rules/rules.ts'
import type { TableCode } from '../../catalogue/rules/table-code.ts'
import type { TypeInfo } from '../../catalogue/rules/type-words.ts'
import type { Target } from '../../catalogue/target.ts'
import type { Field } from '../../resource/field.ts'
import { type Row, reject, shownValue } from '../../resource/row.ts'
import type { Diagnosis } from '../merge/constraint-failure.ts'
import { type Facts, type SentenceName, sentences } from './failure-sentences.ts'

/** What is needed to explain the failures of a batch. */
export interface FailureContext {
  readonly target: Target
  readonly code: TableCode
  readonly types: ReadonlyMap<string, TypeInfo>
  ruleOf(diagnosis: Diagnosis): TableRule | undefined
  /** Cached reports: often thousands of rows fail in the same way. */
  readonly reports: Map<string, FailureReport>
}

/** Returns the cached report of a failure that is the same for all rows. @param scope what else the report depends on */
export function cachedReport(
  { reports }: FailureContext,
  { state, schema, table, constraint, column, datatype, message, hint }: Diagnosis,
  scope: string | number,
  make: () => FailureReport,
): FailureReport {
  const key = [scope, state, schema, table, constraint, column, datatype, message, hint].join('\0')
  const report = reports.get(key) ?? make()
  reports.set(key, report)
  return report
}

export interface FailureReport extends Partial<Omit<Facts, 'resource' | 'values'>> {
  readonly sentence: SentenceName
  /** The error is assigned to the first one. */
  readonly fields?: readonly Field[]
  /** @defaultValue `CONSTRAINT_VIOLATION` */
  readonly errorCode?: string
}

export function rejectWith({ target: { resource } }: FailureContext, row: Row, report: FailureReport): void {
  const { sentence, fields = [], errorCode = 'CONSTRAINT_VIOLATION', ...others } = report
  const facts: Facts = {
    resource: resource.name,
    names: fields.map(({ name }) => `"${name}"`),
    values: fields.map(field => shownValue(row, field)),
    rule: '',
    words: '',
    other: '',
    others: [],
    ...others,
  }
  reject(resource, row, fields[0] ?? null, errorCode, sentences[sentence](facts))
}

/**
 * Returns the fields of the columns that a file can change. A column that the table computes stands for its inputs.
 * Fields that the caller's scope fixes are left out, and so are hidden ones unless all are hidden.
 */
export function fieldsOf(known: FailureContext, columns: readonly string[]): readonly Field[] {
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

/** Returns the field of a column, unless the column is generated. */
export function fieldOf({ columns }: Target, column: string): Field | undefined {
  return columns.find(({ info }) => info.name === column && !info.isGenerated)?.field
}

/** Returns the columns that a generated column is computed from; undefined for any other column. */
export function inputsOf({ target, code }: FailureContext, column: string): readonly string[] | undefined {
  const generated = code.generated.find(({ name }) => name === column)
  return (
    generated &&
    columnsIn(
      generated.sql,
      target.table.columns.map(({ name }) => name),
    )
  )
}
