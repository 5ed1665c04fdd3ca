// SQL that finds why a row failed: it assigns each value to its column, then evaluates what the table computes from them.

import { doBlock, identifier } from '../../../postgres/identifier.ts'
import type { TableCode } from '../../catalogue/rules/table-code.ts'
import type { Target } from '../../catalogue/target.ts'
import type { StagedBatch } from '../encode-batch.ts'
import { isGiven, stagedValue } from '../merge/compare-sql.ts'
import {
  anyError,
  type Diagnosis,
  diagnose,
  diagnosis,
  diagnosisVariables,
  isNotOfARow,
} from '../merge/constraint-failure.ts'
import { numbers } from '../merge/merge-sql.ts'

/** A step that fails for a row; `at` is its index in the steps of `locateSql`. */
export interface Located extends Diagnosis {
  readonly row: number
  readonly at: number
}

/** A step of writing a row that can fail. */
export type Step =
  | { readonly kind: 'column'; readonly column: StagedBatch['columns'][number] }
  | { readonly kind: 'generated' | 'check' | 'index'; readonly name: string; readonly sql: string }

/** Returns the steps in the order in which PostgreSQL performs them. */
export function stepsOf(batch: StagedBatch, code: TableCode): readonly Step[] {
  return [
    ...batch.columns.map(column => ({ kind: 'column' as const, column })),
    ...code.generated.map(one => ({ kind: 'generated' as const, ...one })),
    ...code.checks.map(one => ({ kind: 'check' as const, ...one })),
    ...code.indexes.map(one => ({ kind: 'index' as const, ...one })),
  ]
}

/**
 * Uses one subtransaction for each row, and one more for each step that fails. An assignment in plpgsql checks a value as
 * an insert does: its type, its length and its domain. Columns that a row leaves to their defaults are null here.
 */
export function locateSql(
  target: Target,
  staging: string,
  steps: readonly Step[],
  rows: readonly number[],
): string {
  const columns = steps.filter(({ kind }) => kind === 'column').length
  const trials = steps.map((step, index) => {
    const work = trial(step, index)
    // A computation fails anyway if one of its input values has failed, so it is skipped.
    const condition = step.kind === 'column' ? '' : ' and not is_found'
    return `if first_step <= ${index}${condition} then step := ${index}; ${work} end if;`
  })
  // The table's expressions may use a column name that is also a plpgsql variable; the column wins.
  return doBlock(`
#variable_conflict use_column
declare
  s record;
  lading_new ${target.table.sql}%rowtype;
  first_step int;
  step int;
  is_found boolean;
  is_null boolean;
  located json[] := '{}';
${diagnosisVariables}
begin
  for s in select * from ${staging} where lading_row = any (${numbers(rows)}) order by lading_row loop
    first_step := 0;
    is_found := false;
    lading_new := null;
    loop
      begin
        ${trials.join('\n        ')}
        exit;
      exception when ${anyError} then
        ${diagnose}
        if ${isNotOfARow} then raise; end if;
        located := located || json_build_object('row', s.lading_row, 'at', step, ${diagnosis});
        is_found := is_found or step < ${columns};
        first_step := step + 1;
      end;
    end loop;
  end loop;
  perform set_config('lading.located', array_to_json(located)::text, true);
end`)
}

/** Reads the result of the block, which it stored in a setting of the transaction. */
export const locatedSql = `select current_setting('lading.located')::json as found`

function trial(step: Step, position: number): string {
  if (step.kind === 'column') {
    const { column, isMixed } = step.column
    const assignment = `lading_new.${column.sql} := ${stagedValue(column)};`
    return isMixed ? `if ${isGiven(position)} then ${assignment} end if;` : assignment
  }
  const value = `(select (${step.sql}) from (select lading_new.*) as lading_row_type)`
  if (step.kind === 'generated') return `lading_new.${identifier(step.name)} := ${value};`
  return `is_null := ${value} is null;`
}
