// SQL of the set-based merge: writes staged rows to the table, and asserts their number on the server.

import { doBlock, literal } from '../../../postgres/identifier.ts'
import { identityProtected, rowsSuppressed } from '../../../postgres/sqlstate.ts'
import type { Target, TargetColumn } from '../../catalogue/target.ts'
import { type StagedBatch, type StagedColumn, stagedCount } from '../encode-batch.ts'
import type { MergeChecks } from './classify-sql.ts'
import { differs, differsIn, isGiven, isSameRow, stagedValue } from './compare-sql.ts'
import type { MergePlan } from './merge-plan.ts'

/** Column list and expressions of an insert; `s` is a row of the staging table. */
export interface InsertLists {
  readonly columns: string
  readonly values: string
  /** Clause after the column list: without it PostgreSQL rejects values for a `generated always` identity column. */
  readonly overriding: string
}

export function insertLists(target: Target, batch: StagedBatch): InsertLists {
  const columns = batch.columns.map(({ column }) => column.sql)
  const values = batch.columns.map(insertedValue)
  // A batch in which no field is present still has rows, which consist of defaults.
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

/** A view does not show whether its table has such a column, so it always gets the clause. Without one it has no effect. */
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
 * Returns the assignments of an update of `t` from `s`. Columns that a row does not give keep their values, and `touch`
 * columns are set to the current time. Empty if there is nothing to set.
 */
export function assignments(target: Target, { columns }: StagedBatch): string {
  const set = columns.flatMap(({ column, isMixed }, position) => {
    // `assertKept` raises if the row has another value.
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

/** Sets deferrable constraints to immediate: at commit it would be too late to know which row violated them. */
export function constraintsNow({ table: { deferrable } }: Target): readonly string[] {
  return deferrable.length === 0 ? [] : [`set constraints ${deferrable.join(', ')} immediate`]
}

/**
 * Checks everything that is deferred to the commit, including constraint triggers and constraints of other tables that
 * triggers write to. Then defers it again, as between two statements of the application.
 */
export function constraintsChecked(target: Target): readonly string[] {
  return target.checksDeferredPerBatch
    ? ['set constraints all immediate', 'set constraints all deferred', ...constraintsNow(target)]
    : []
}

/** As lines of a block. */
export function inBlock(statements: readonly string[]): string {
  return statements.map(statement => `${statement};`).join(' ')
}

const suppressed = `raise exception using errcode = '${rowsSuppressed}', message = 'rows were suppressed';`

/**
 * Inserts the staged rows, except those in `excluded`, in file order. Raises if their number is not `expected`, because a
 * trigger can drop rows without an error.
 */
export function mergeSql(
  target: Target,
  staging: string,
  batch: StagedBatch,
  excluded: readonly number[],
  expected: number,
): string {
  return doBlock(`
declare affected bigint;
begin
  ${inBlock(constraintsNow(target))}
  ${insertion(target, staging, batch, excluded, expected)}
  ${inBlock(constraintsChecked(target))}
end`)
}

function insertion(
  target: Target,
  staging: string,
  batch: StagedBatch,
  excluded: readonly number[],
  expected: number,
): string {
  const { columns, values, overriding } = insertLists(target, batch)
  const where = excluded.length === 0 ? '' : `where s.lading_row <> all (${numbers(excluded)})`
  return `
  insert into ${target.table.sql} (${columns}) ${overriding}
  select ${values} from ${staging} s ${where} order by s.lading_row;
  get diagnostics affected = row_count;
  if affected <> ${expected} then ${suppressed} end if;`
}

/** Name of the transaction setting that holds the number of updated rows. */
export const updatedSetting = 'lading.updated'

/** Runs the set-based part of a plan. */
export function planSql(
  target: Target,
  staging: string,
  batch: StagedBatch,
  { keys }: MergeChecks,
  plan: MergePlan,
): string {
  const updates = [...plan.updates].map(([index, rows]) => {
    const key = keys[index]
    return key === undefined ? '' : update(target, staging, batch, isSameRow(target, key), rows)
  })
  const excluded = [
    ...[...plan.updates.values()].flat(),
    ...plan.ignored,
    ...plan.rejected.keys(),
    ...plan.serial,
  ]
  const inserted = stagedCount(batch) - excluded.length
  return doBlock(`
declare
  affected bigint;
  expected bigint;
  updated bigint := 0;
begin
  ${inBlock(constraintsNow(target))}
  ${inserted === 0 ? '' : insertion(target, staging, batch, excluded, inserted)}
  ${updates.join('')}
  ${inBlock(constraintsChecked(target))}
  perform set_config('${updatedSetting}', updated::text, true);
end`)
}

/** Writes only rows that change. They are counted first, because a trigger can drop an update too. */
function update(
  target: Target,
  staging: string,
  batch: StagedBatch,
  isSame: string,
  rows: readonly number[],
): string {
  const set = assignments(target, batch)
  const found = `s.lading_row = any (${numbers(rows)}) and ${isSame}`
  const identityCheck = assertIdentityUnchanged(
    batch,
    `select from ${staging} s join ${target.table.sql} t on ${found} and`,
  )
  if (set === '') return identityCheck
  const changed = `${found} and ${differs(batch.columns)}`
  return `
  ${identityCheck}
  select count(*) into expected from ${staging} s join ${target.table.sql} t on ${changed};
  update ${target.table.sql} t set ${set} from ${staging} s where ${changed};
  get diagnostics affected = row_count;
  if affected <> expected then ${suppressed} end if;
  updated := updated + affected;`
}

/**
 * Returns statements that raise if an update would change a `generated always` identity column, which PostgreSQL does not
 * allow.
 *
 * @param found a query for the rows `t` that match `s`, up to its last condition
 */
export function assertIdentityUnchanged({ columns }: StagedBatch, found: string): string {
  return columns
    .flatMap((staged, position) => {
      const { column } = staged
      if (!column.info.isAlways) return []
      const name = literal(column.info.name)
      return `if exists (${found} ${differsIn(staged, position)}) then
    raise exception using errcode = '${identityProtected}', column = ${name}, message = 'identity was to be changed';
  end if;`
    })
    .join('\n  ')
}

export function numbers(rows: readonly number[]): string {
  return `'{${rows.join(',')}}'::int4[]`
}
