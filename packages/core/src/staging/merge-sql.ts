// SQL of the merge: staged rows into the table, all at once, with their number asserted by the server.
import type { Target } from '../catalogue/target.ts'
import { doBlock } from '../postgres/identifier.ts'
import { rowsSuppressed } from '../postgres/sqlstate.ts'
import type { StagedBatch, StagedColumn } from './encode.ts'

/** Column list and expressions of an insert; `s` is a row of the staging table. */
export interface InsertLists {
  readonly columns: string
  readonly values: string
}

export function insertLists(target: Target, batch: StagedBatch): InsertLists {
  const columns = batch.columns.map(({ column }) => column.sql)
  const values = batch.columns.map(valueExpression)
  // A batch in which no field is present still has rows: they are all defaults.
  const [first] = target.writable
  if (columns.length === 0 && first !== undefined) {
    return { columns: first.sql, values: first.info.default ?? 'null' }
  }
  return { columns: columns.join(', '), values: values.join(', ') }
}

function valueExpression({ column, isMixed }: StagedColumn, position: number): string {
  const staged = `s.${column.sql}`
  // A timestamp without zone means UTC here, whatever zone the session has.
  const isLocal = column.field.type.kind === 'timestamp' && column.info.type === 'timestamp'
  const value = isLocal ? `${staged} at time zone 'UTC'` : `${staged}::${column.info.castType}`
  if (!isMixed) return value
  return `case when get_bit(s.lading_present, ${position}) = 1 then ${value} else ${column.info.default} end`
}

/** Deferrable constraints speak only at commit, too late to tell which row broke them, unless they are told to. */
export function constraintsNow(target: Target): string {
  const { deferrable } = target.table
  return deferrable.length === 0 ? '' : `set constraints ${deferrable.join(', ')} immediate;`
}

/**
 * Inserts the staged rows but those in `leftOut`, in file order, and raises if their number is not `expected`:
 * a trigger can drop rows without an error.
 */
export function mergeSql(
  target: Target,
  staging: string,
  batch: StagedBatch,
  leftOut: readonly number[],
  expected: number,
): string {
  const { columns, values } = insertLists(target, batch)
  const where = leftOut.length === 0 ? '' : `where s.lading_row <> all ('{${leftOut.join(',')}}'::int4[])`
  return doBlock(`
declare affected bigint;
begin
  ${constraintsNow(target)}
  insert into ${target.table.sql} (${columns})
  select ${values} from ${staging} s ${where} order by s.lading_row;
  get diagnostics affected = row_count;
  if affected <> ${expected} then
    raise exception using errcode = '${rowsSuppressed}', message = 'rows were suppressed';
  end if;
end`)
}
