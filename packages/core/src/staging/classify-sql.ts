// SQL of the classification: which staged rows clash with the table, with each other, or refer to nothing.
import type { Target, TargetColumn, TargetKey, TargetReference } from '../catalogue/target.ts'
import { identifier, tableIdentifier } from '../postgres/identifier.ts'
import type { StagedBatch } from './encode.ts'

/** Keys and references that this batch can break: those whose columns it fills. */
export interface Questions {
  readonly keys: readonly TargetKey[]
  readonly references: readonly TargetReference[]
}

export function questionsOf(target: Target, batch: StagedBatch): Questions {
  const filled = new Set(batch.columns.map(({ column }) => column))
  return {
    keys: target.keys.filter(key => key.columns.every(column => filled.has(column))),
    references: target.references.filter(({ column }) => filled.has(column)),
  }
}

/**
 * One row for each suspect, in file order: `row`; for each key `taken_N` (the table has it) and `group_N` (number
 * of the first staged row with that key); for each reference `missing_N` (the table referred to lacks it) and
 * `maker_N` (number of the first staged row with the value that is referred to, for a
 * reference into the table itself).
 */
export function classifySql(target: Target, staging: string, { keys, references }: Questions): string {
  const columns = [
    's.lading_row as row',
    ...keys.flatMap((key, index) => [
      `${isTaken(target, key)} as taken_${index}`,
      `${groupOf(key)} as group_${index}`,
    ]),
    ...references.flatMap((reference, index) => [
      `${isMissing(reference)} as missing_${index}`,
      `${makerOf(target, staging, reference)} as maker_${index}`,
    ]),
  ]
  const suspicions = [
    ...keys.map((_, index) => `taken_${index} or group_${index} <> row`),
    ...references.map((_, index) => `missing_${index}`),
  ]
  return `select * from (select ${columns.join(', ')} from ${staging} s) judged where ${suspicions.join(' or ')} order by row`
}

function comparable(alias: string, column: TargetColumn, ignoreCase: boolean): string {
  const value = alias === 's' ? `s.${column.sql}::${column.info.castType}` : `${alias}.${column.sql}`
  return ignoreCase ? `lower(${value})` : value
}

function isTaken(target: Target, key: TargetKey): string {
  const equal = key.columns.map(
    column => `${comparable('t', column, key.ignoreCase)} = ${comparable('s', column, key.ignoreCase)}`,
  )
  return `exists (select from ${target.table.sql} t where ${equal.join(' and ')})`
}

/** Null equals nothing, so a row without the key belongs to no group. */
function groupOf(key: TargetKey): string {
  const parts = key.columns.map(column => comparable('s', column, key.ignoreCase))
  const present = key.columns.map(column => `s.${column.sql} is not null`)
  return `case when ${present.join(' and ')} then min(s.lading_row) over (partition by ${parts.join(', ')}) end`
}

function isMissing({ column, reference }: TargetReference): string {
  const target = `${tableIdentifier(reference.table)} r`
  return `s.${column.sql} is not null and not exists (select from ${target} where r.${identifier(reference.column)} = ${comparable('s', column, false)})`
}

function makerOf(target: Target, staging: string, { column, reference, isSelf }: TargetReference): string {
  const provider = target.writable.find(({ info }) => info.name === reference.column)
  if (!isSelf || provider === undefined) return 'null::int4'
  return `(select min(m.lading_row) from ${staging} m where m.${provider.sql}::${provider.info.castType} = ${comparable('s', column, false)})`
}
