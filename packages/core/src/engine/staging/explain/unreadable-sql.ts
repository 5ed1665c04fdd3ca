// SQL that finds values which are none of their columns' types: all at once, and one by one where that fails.
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

/** A value that a cast refuses. */
export interface Unreadable extends Diagnosis {
  readonly row: number
  /** Its place among the doubts. */
  readonly at: number
  /** Which element of a list it is, from 1; null for what is no list. */
  readonly element: number | null
}

/**
 * Casts every value in one pass, which costs 1 µs a value or less. Only if that fails, each row is looked at by itself.
 *
 * @param source `from` item with `lading_row` and the columns, as `s`
 * @param staging the table that rows at fault are deleted from
 */
export function unreadableSql(source: string, doubts: readonly CastCheck[], staging?: string): string {
  const casts = doubts.map(({ sql, cast }, index) => `s.${sql}::${cast} as lading_${index}`)
  const counts = doubts.map((_, index) => `count(lading_${index})`)
  const given = doubts.map(({ sql }) => `s.${sql} is not null`)
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
        ${doubts.map(trial).join('\n        ')}
        exit;
      exception when ${anyError} then
        ${diagnose}
        if ${isNotOfARow} then raise; end if;
        place := null;
        ${doubts.map(elementTrial).join('')}
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

/** Reads what the block left behind in a setting of the transaction. */
export const foundUnreadableSql = `select current_setting('lading.unreadable')::json as found`

function trial({ sql, cast }: CastCheck, index: number): string {
  return `if first_doubt <= ${index} then doubt := ${index}; is_null := s.${sql}::${cast} is null; end if;`
}

/** The first element at fault, where the list itself is none. */
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
