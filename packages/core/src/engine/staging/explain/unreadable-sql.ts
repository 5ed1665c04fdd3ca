// SQL that finds values which the types of their columns reject: all values at once, and one by one if that fails.
import { doBlock } from '../../../postgres/identifier.ts'
import type { CastCheck } from '../merge/cast-checks.ts'
import {
  anyError,
  type Diagnosis,
  diagnose,
  diagnosis,
  diagnosisVariables,
  isNotOfARow,
} from '../merge/constraint-failure.ts'

/** A value that a cast rejects. */
export interface Unreadable extends Diagnosis {
  readonly row: number
  /** Index of its cast check. */
  readonly at: number
  /** Number of the list element, from 1; null if the column is not a list. */
  readonly element: number | null
}

/**
 * Casts all values in one pass, which costs at most 1 µs per value. Only if that fails is each row checked separately.
 *
 * @param source `from` item with `lading_row` and the columns, as `s`
 * @param staging the table from which rows at fault are deleted
 */
export function unreadableSql(source: string, checks: readonly CastCheck[], staging?: string): string {
  const casts = checks.map(({ sql, cast }, index) => `s.${sql}::${cast} as lading_${index}`)
  const counts = checks.map((_, index) => `count(lading_${index})`)
  const given = checks.map(({ sql }) => `s.${sql} is not null`)
  return doBlock(`
#variable_conflict use_column
declare
  s record;
  first_doubt int;
  doubt int;
  element text;
  number int;
  place int;
  is_null boolean;
  unreadable json[] := '{}';
  rows_at_fault int[] := '{}';
${diagnosisVariables}
begin
  perform set_config('lading.unreadable', '[]', true);
  begin
    perform ${counts.join(', ')} from (select ${casts.join(', ')} from ${source}) as all_values;
    return;
  exception when ${anyError} then
    ${diagnose}
    if ${isNotOfARow} then raise; end if;
  end;
  for s in select s.* from ${source} where ${given.join(' or ')} order by s.lading_row loop
    first_doubt := 0;
    loop
      begin
        ${checks.map(trial).join('\n        ')}
        exit;
      exception when ${anyError} then
        ${diagnose}
        if ${isNotOfARow} then raise; end if;
        place := null;
        ${checks.map(elementTrial).join('')}
        unreadable := unreadable || json_build_object('row', s.lading_row, 'at', doubt, 'element', place, ${diagnosis});
        rows_at_fault := rows_at_fault || s.lading_row;
        first_doubt := doubt + 1;
      end;
    end loop;
  end loop;
  perform set_config('lading.unreadable', array_to_json(unreadable)::text, true);
  ${staging === undefined ? '' : `delete from ${staging} where lading_row = any (rows_at_fault);`}
end`)
}

/** Reads the result of the block, which it stored in a setting of the transaction. */
export const foundUnreadableSql = `select current_setting('lading.unreadable')::json as found`

function trial({ sql, cast }: CastCheck, index: number): string {
  return `if first_doubt <= ${index} then doubt := ${index}; is_null := s.${sql}::${cast} is null; end if;`
}

/** Statements that find the first element at fault. */
function elementTrial({ sql, cast, isArray }: CastCheck, index: number): string {
  if (!isArray) return ''
  return `
        if doubt = ${index} then
          number := 0;
          foreach element in array s.${sql} loop
            number := number + 1;
            begin
              is_null := element::${cast.replace(/\[\]$/, '')} is null;
            exception when ${anyError} then
              ${diagnose}
              if ${isNotOfARow} then raise; end if;
              place := number;
              exit;
            end;
          end loop;
        end if;`
}
