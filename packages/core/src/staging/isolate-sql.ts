// SQL of the isolation: one loop on the server that tries row by row, and tells which were refused and why.
import type { Target } from '../catalogue/target.ts'
import { doBlock } from '../postgres/identifier.ts'
import { rowsSuppressed } from '../postgres/sqlstate.ts'
import type { StagedBatch } from './encode.ts'
import { constraintsNow, insertLists } from './merge-sql.ts'

/** A row that the database refused. Texts of the database stay there: they can hold the data of others. */
export interface Refusal {
  readonly row: number
  readonly state: string
  readonly constraint: string
  readonly column: string
}

/** If the first rows all fail alike for a reason that is no row's, it is the run's: a missing grant, for one. */
export const alikeRows = 50

/**
 * Each row in a subtransaction of its own, in file order, so that every row meets the rows accepted before it.
 * 5,000 rows cost 37 to 42 ms whatever the share of refused ones; a savepoint for each row from outside 1,038 ms.
 */
export function isolateSql(target: Target, staging: string, batch: StagedBatch): string {
  const { columns, values } = insertLists(target, batch)
  return doBlock(`
declare
  s record;
  affected bigint;
  seen bigint := 0;
  refused bigint := 0;
  state text;
  first_state text;
  is_alike boolean := true;
  constraint_name text;
  column_name text;
  refusals json[] := '{}';
begin
  ${constraintsNow(target)}
  for s in select * from ${staging} order by lading_row loop
    seen := seen + 1;
    begin
      insert into ${target.table.sql} (${columns}) values (${values});
      get diagnostics affected = row_count;
      if affected <> 1 then
        raise exception using errcode = '${rowsSuppressed}', message = 'row was suppressed';
      end if;
    exception when others then
      get stacked diagnostics state = returned_sqlstate, constraint_name = constraint_name, column_name = column_name;
      if ${notOfARow('state')} then
        raise;
      end if;
      refused := refused + 1;
      first_state := coalesce(first_state, state);
      is_alike := is_alike and state = first_state;
      if seen = ${alikeRows} and refused = seen and is_alike and left(state, 2) not in ('22', '23', 'LD') then
        raise;
      end if;
      refusals := refusals || json_build_object(
        'row', s.lading_row, 'state', state, 'constraint', constraint_name, 'column', column_name);
    end;
  end loop;
  perform set_config('lading.refusals', array_to_json(refusals)::text, true);
end`)
}

/** True for a SQLSTATE for which no row is to blame, as an SQL expression: see `blame`. */
export function notOfARow(state: string): string {
  const isClass = `left(${state}, 2)`
  return `(${isClass} in ('08', '25', '40', '53', '55', '57', '58') or (${isClass} = '42' and ${state} <> '42501'))`
}

/** Reads what the loop left behind in a setting of the transaction. */
export const refusalsSql = `select current_setting('lading.refusals')::json as refusals`
