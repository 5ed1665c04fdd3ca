// A column of a file with everything that judges and encodes its cells.
import type { ColumnLimit } from '../catalogue/fit/fit.ts'
import type { TargetColumn } from '../catalogue/target.ts'
import type { FieldRule } from '../validation/field-rule.ts'
import type { Parser } from '../value/parse-values.ts'

export interface CellColumn {
  readonly column: TargetColumn
  readonly rule: FieldRule
  readonly parser: Parser
  readonly limit: ColumnLimit | undefined
  /** Texts that stand for no value. */
  readonly nulls: ReadonlySet<string> | undefined
}
