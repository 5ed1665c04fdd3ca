// SQL fragments that compare a staged row `s` with rows of the table: its keys, its references, its values.

import { identifier } from '../../../postgres/identifier.ts'
import {
  isFolded,
  type Target,
  type TargetColumn,
  type TargetKey,
  type TargetLookupField,
  type TargetReference,
} from '../../catalogue/target.ts'
import type { StagedColumn } from '../encode-batch.ts'
import { andInScope } from './scope-sql.ts'

/** The staged value as the column's own type. */
export function stagedValue({ staged, info }: TargetColumn): string {
  return `s.${staged}::${info.castType}`
}

/** A part of a key, as its unique index compares it. @param alias `s`, or that of a row of the table */
export function keyPart(alias: string, column: TargetColumn, key: TargetKey): string {
  const value = alias === 's' ? stagedValue(column) : `${alias}.${column.sql}`
  return isFolded(key, column) ? `lower(${value})` : value
}

/** A key, as the rows of a batch have it. */
export interface AskedKey extends TargetKey {
  /** For each column whose nulls are equal, when a staged row has null there: not where its default is still to come. */
  readonly nulls: ReadonlyMap<TargetColumn, string>
}

/** Columns that may be null double the conditions; from the fifth on, PostgreSQL finds rows by the others. */
const mostPatterns = 4

/**
 * True for the row `t` that has the key of `s`, whoever may write it. Null equals nothing, unless the index says so:
 * then there is a condition for each set of columns that are null, because PostgreSQL finds rows by an index for each
 * of these, and reads the whole table for `is not distinct from`. 4,000 rows among 150,000 take 26 ms, and over 20 s.
 */
export function hasKey(key: AskedKey): string {
  const equal = (column: TargetColumn) => `${keyPart('t', column, key)} = ${keyPart('s', column, key)}`
  const isNull = (column: TargetColumn) =>
    `(${keyPart('t', column, key)} is null and ${key.nulls.get(column)})`
  const nullable = key.columns.filter(column => key.nulls.has(column))
  const [open, rest] = [nullable.slice(0, mostPatterns), nullable.slice(mostPatterns)]
  const always = [
    ...key.columns.filter(column => !key.nulls.has(column)).map(equal),
    ...rest.map(column => `(${equal(column)} or ${isNull(column)})`),
  ]
  const patterns = open.reduce<readonly string[][]>(
    (found, column) =>
      found.flatMap(one => [
        [...one, equal(column)],
        [...one, isNull(column)],
      ]),
    [[]],
  )
  const all = patterns.map(pattern => [...always, ...pattern].join(' and '))
  return all.length === 1 ? all.join() : `(${all.map(one => `(${one})`).join(' or ')})`
}

/** True for the row `t` that `s` is by this key: one that the caller may write. */
export function isSameRow({ scope }: Target, key: AskedKey): string {
  return `${hasKey(key)}${andInScope(scope, 't')}`
}

/** In the place of a row: more than one row has the key, so that a record can be none of them. */
export const several = 'several'

/** Which row has the key of `s`, by its place, which holds as long as it is not updated; partitions have places of their own. */
export function placeOf(target: Target, key: AskedKey): string {
  const rows = (most: number) =>
    `select t.tableoid::text || t.ctid::text from ${target.table.sql} t where ${isSameRow(target, key)} limit ${most}`
  return target.table.hasChildTables
    ? `(select case when count(*) > 1 then '${several}' else min(found.at) end from (${rows(2)}) found(at))`
    : `(${rows(1)})`
}

/** True if the staged row has the key, so that another one can have it too. */
export function isPresent(key: AskedKey): string {
  const parts = key.columns.map(column => {
    const isNull = key.nulls.get(column)
    return isNull === undefined
      ? `s.${column.staged} is not null`
      : `(s.${column.staged} is not null or ${isNull})`
  })
  return `(${parts.join(' and ')})`
}

/** True if `s` refers to a row that is not there for the caller, or by two fields to two rows. */
export function isMissing({ column, reference, sql, scope, standIns }: TargetReference): string {
  const found = `select from ${sql} r where r.${identifier(reference.column)} = ${stagedValue(column)}${andInScope(scope, 'r')}`
  // Keeps PostgreSQL from hashing all rows of the scope for each batch: 7 ms in place of 49 for 4,000 rows among 150,000.
  const oneByOne = scope.length === 0 ? '' : ' offset 0'
  const isDangling = `(s.${column.staged} is not null and not exists (${found}${oneByOne}))`
  if (standIns.length === 0) return isDangling
  const given = standIns.map(standIn => `s.${standIn.sql} is not null`).join(' or ')
  const agrees = standIns
    .map(standIn => `(s.${standIn.sql} is null or ${isMeant(standIn, 'r')})`)
    .join(' and ')
  return `(case when ${given} then not exists (${found} and ${agrees}) else ${isDangling} end)`
}

/** True for the row `alias` of the other table that a field names in place of the one that refers. */
export function isMeant({ sql, found }: TargetLookupField, alias: string): string {
  const value = `s.${sql}::${found.castType}`
  return found.isFolded
    ? `lower(${alias}.${found.sql}) = lower(${value})`
    : `${alias}.${found.sql} = ${value}`
}

/** What the field that refers would hold, by the field that stands for it; null where there is no such row. */
export function meantValue(
  { column, reference, sql, scope }: TargetReference,
  standIn: TargetLookupField,
): string {
  const value = `r.${identifier(reference.column)}::${column.codec.stagingType}`
  return `(select ${value} from ${sql} r where ${isMeant(standIn, 'r')}${andInScope(scope, 'r')} limit 1)`
}

/** True if the staged row gives a value for the column: a bit of its own where only some rows do. */
export function isGiven(position: number): string {
  return `get_bit(s.lading_present, ${position}) = 1`
}

/** True if `t` would be changed by what `s` gives. */
export function differs(columns: readonly StagedColumn[]): string {
  return columns.length === 0 ? 'false' : `(${columns.map(differsIn).join(' or ')})`
}

/** The same of one column. @param position its place among the columns of the batch */
export function differsIn({ column, isMixed }: StagedColumn, position: number): string {
  const changed = `${comparable(`t.${column.sql}`, column)} is distinct from ${comparable(stagedValue(column), column)}`
  return isMixed ? `(${isGiven(position)} and ${changed})` : changed
}

/** Types whose `=`, and that of a list of them, means that nothing would change. */
const comparedByValue = new Set([
  'uuid',
  'bool',
  'int2',
  'int4',
  'int8',
  'numeric',
  'float4',
  'float8',
  'date',
  'timestamptz',
  'timestamp',
  'jsonb',
])

/**
 * Everything else as text, byte for byte: citext and some collations call different texts equal, and `json`, `xml`
 * or `point` have no `=` at all.
 */
function comparable(value: string, { info }: TargetColumn): string {
  return comparedByValue.has(info.elementType ?? info.type) ? value : `(${value})::text collate "C"`
}
