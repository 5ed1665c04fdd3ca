// SQL of the merge: staged rows into the table, all at once, with their number asserted by the server.

import { doBlock, literal } from '../../../postgres/identifier.ts'
import { identityKept, rowsSuppressed } from '../../../postgres/sqlstate.ts'
import type { Target, TargetColumn } from '../../catalogue/target.ts'
import { type StagedBatch, type StagedColumn, stagedCount } from '../encode-batch.ts'
import type { Questions } from './classify-sql.ts'
import { differs, differsIn, isGiven, isSameRow, stagedValue } from './compare-sql.ts'
import type { Plan } from './merge-plan.ts'

/** Column list and expressions of an insert; `s` is a row of the staging table. */
export interface InsertLists {
  readonly columns: string
  readonly values: string
  /** What stands behind the columns: without it PostgreSQL refuses a value for a column that is `generated always`. */
  readonly overriding: string
}

export function insertLists(target: Target, batch: StagedBatch): InsertLists {
  const columns = batch.columns.map(({ column }) => column.sql)
  const values = batch.columns.map(insertedValue)
  // A batch in which no field is present still has rows: they are all defaults.
  const [first] = target.writable
  if (columns.length === 0 && first !== undefined) {
    return {
      columns: first.sql,
      values: first.info.default ?? 'null',
      overriding: overriding(target, [first]),
    }
  }
  const written = batch.columns.map(({ column }) => column)
  return { columns: columns.join(', '), values: values.join(', '), overriding: overriding(target, written) }
}

/** A view does not tell whether its table has such a column; for any other the words mean nothing. */
function overriding({ table }: Target, written: readonly TargetColumn[]): string {
  const isNeeded = table.kind === 'v' || written.some(({ info }) => info.isAlways)
  return isNeeded ? 'overriding system value' : ''
}

function insertedValue({ column, isMixed }: StagedColumn, position: number): string {
  const value = stagedValue(column)
  if (!isMixed || column.info.default === null) return value
  return `case when ${isGiven(position)} then ${value} else ${column.info.default} end`
}

/**
 * The assignments of an update of `t` from `s`: what a row does not give stays, and the time of the last change is
 * now. Empty where there is nothing to set.
 */
export function assignments(target: Target, { columns }: StagedBatch): string {
  const set = columns.flatMap(({ column, isMixed }, position) => {
    // Where the row has another value, `assertKept` has raised.
    if (column.info.isAlways) return []
    const value = stagedValue(column)
    if (!isMixed) return `${column.sql} = ${value}`
    const otherwise = column.field.touch ? now(column.info.type) : `t.${column.sql}`
    return `${column.sql} = case when ${isGiven(position)} then ${value} else ${otherwise} end`
  })
  const filled = new Set(columns.map(({ column }) => column))
  const touched = target.writable.filter(column => column.field.touch && !filled.has(column))
  if (set.length === 0) return ''
  return [...set, ...touched.map(({ sql, info }) => `${sql} = ${now(info.type)}`)].join(', ')
}

function now(type: string): string {
  return type === 'timestamp' ? `now() at time zone 'UTC'` : 'now()'
}

/** Deferrable constraints speak only at commit, too late to tell which row broke them, unless they are told to. */
export function constraintsNow(target: Target): string {
  const { deferrable } = target.table
  return deferrable.length === 0 ? '' : `set constraints ${deferrable.join(', ')} immediate;`
}

/**
 * Whatever waits for the commit speaks now: constraints of other tables that triggers write to, and triggers that are
 * constraints. Then all of it may wait again, as it would between two statements of the application.
 */
export function constraintsChecked(target: Target): string {
  return target.checksAtOnce
    ? `set constraints all immediate; set constraints all deferred; ${constraintsNow(target)}`
    : ''
}

const suppressed = `raise exception using errcode = '${rowsSuppressed}', message = 'rows were suppressed';`

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
  return doBlock(`
declare affected bigint;
begin
  ${constraintsNow(target)}
  ${insertion(target, staging, batch, leftOut, expected)}
  ${constraintsChecked(target)}
end`)
}

function insertion(
  target: Target,
  staging: string,
  batch: StagedBatch,
  leftOut: readonly number[],
  expected: number,
): string {
  const { columns, values, overriding } = insertLists(target, batch)
  const where = leftOut.length === 0 ? '' : `where s.lading_row <> all (${numbers(leftOut)})`
  return `
  insert into ${target.table.sql} (${columns}) ${overriding}
  select ${values} from ${staging} s ${where} order by s.lading_row;
  get diagnostics affected = row_count;
  if affected <> ${expected} then ${suppressed} end if;`
}

/** The name of a setting of the transaction in which the number of updated rows is left behind. */
export const updatedSetting = 'lading.updated'

/** Carries out the part of a plan that is done all at once. */
export function planSql(
  target: Target,
  staging: string,
  batch: StagedBatch,
  { keys }: Questions,
  plan: Plan,
): string {
  const updates = [...plan.updates].map(([index, rows]) => {
    const key = keys[index]
    return key === undefined ? '' : update(target, staging, batch, isSameRow(target, key), rows)
  })
  const rest = [
    ...[...plan.updates.values()].flat(),
    ...plan.ignored,
    ...plan.rejected.keys(),
    ...plan.serial,
  ]
  const inserted = stagedCount(batch) - rest.length
  return doBlock(`
declare
  affected bigint;
  expected bigint;
  updated bigint := 0;
begin
  ${constraintsNow(target)}
  ${inserted === 0 ? '' : insertion(target, staging, batch, rest, inserted)}
  ${updates.join('')}
  ${constraintsChecked(target)}
  perform set_config('${updatedSetting}', updated::text, true);
end`)
}

/** Only rows that change are written, and they are counted first: a trigger can drop an update as well. */
function update(
  target: Target,
  staging: string,
  batch: StagedBatch,
  isSame: string,
  rows: readonly number[],
): string {
  const set = assignments(target, batch)
  const found = `s.lading_row = any (${numbers(rows)}) and ${isSame}`
  const kept = assertKept(batch, `select from ${staging} s join ${target.table.sql} t on ${found} and`)
  if (set === '') return kept
  const changed = `${found} and ${differs(batch.columns)}`
  return `
  ${kept}
  select count(*) into expected from ${staging} s join ${target.table.sql} t on ${changed};
  update ${target.table.sql} t set ${set} from ${staging} s where ${changed};
  get diagnostics affected = row_count;
  if affected <> expected then ${suppressed} end if;
  updated := updated + affected;`
}

/**
 * Statements that raise if an update would change a value of an identity column that is `generated always`: PostgreSQL
 * has no update that does. @param found a query for rows `t` that `s` is, up to its last condition
 */
export function assertKept({ columns }: StagedBatch, found: string): string {
  return columns
    .flatMap((staged, position) => {
      const { column } = staged
      if (!column.info.isAlways) return []
      const name = literal(column.info.name)
      return `if exists (${found} ${differsIn(staged, position)}) then
    raise exception using errcode = '${identityKept}', column = ${name}, message = 'identity was to be changed';
  end if;`
    })
    .join('\n  ')
}

export function numbers(rows: readonly number[]): string {
  return `'{${rows.join(',')}}'::int4[]`
}
