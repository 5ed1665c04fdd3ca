// SQL of the classification: which staged rows clash with the table, with each other, or refer to nothing.
import type { Target, TargetColumn, TargetReference } from '../../catalogue/target.ts'
import type { StagedBatch } from '../encode-batch.ts'
import { type AskedKey, isGiven, isMissing, isPresent, keyPart, placeOf, stagedValue } from './compare-sql.ts'

/** Keys and references that this batch can break: those whose columns it fills. */
export interface Questions {
  readonly keys: readonly AskedKey[]
  readonly references: readonly TargetReference[]
}

export function questionsOf(target: Target, batch: StagedBatch): Questions {
  const filled = new Set(batch.columns.map(({ column }) => column))
  const isEmpty = (column: TargetColumn) => column.info.default === null && target.writable.includes(column)
  return {
    keys: target.keys
      .filter(key =>
        key.columns.every(column => filled.has(column) || (key.nullable.includes(column) && isEmpty(column))),
      )
      .map(key => ({
        ...key,
        nulls: new Map(key.nullable.map(column => [column, nullTest(target, batch, column)])),
      })),
    references: target.references.filter(({ column }) => filled.has(column)),
  }
}

/** A null that the staging table holds may stand for a default, or for a name that nobody has. */
function nullTest({ references }: Target, { columns, standIns }: StagedBatch, column: TargetColumn): string {
  const position = columns.findIndex(staged => staged.column === column)
  const isMixed = columns[position]?.isMixed === true && column.info.default !== null
  const names = references
    .filter(reference => reference.column === column)
    .flatMap(reference => reference.standIns.filter(standIn => standIns.includes(standIn)))
  return [
    `s.${column.staged} is null`,
    ...(isMixed ? [isGiven(position)] : []),
    ...names.map(({ sql }) => `s.${sql} is null`),
  ].join(' and ')
}

/** The references by which the database accepts a row that it should not: it does not know which rows a caller may see. */
export function notEnforced({ references }: Questions): readonly TargetReference[] {
  return references.filter(({ isEnforced, scope }) => !isEnforced || scope.length > 0)
}

/** Whether the database refuses every record whose key is taken: it does not know of rows of child tables. */
export function knowsKeys({ table }: Target): boolean {
  return !table.hasChildTables
}

/**
 * One row for each suspect, in file order: `row`; for each key `taken_N` (the row of the caller's that has it, as text,
 * or null) and `group_N` (number of the first staged row with that key); for each reference `missing_N` (the table
 * referred to lacks it) and `maker_N` (number of the first staged row with the value that is referred to, for a
 * reference into the table itself).
 */
export function classifySql(target: Target, staging: string, { keys, references }: Questions): string {
  const columns = [
    's.lading_row as row',
    ...keys.flatMap((key, index) => [
      `${placeOf(target, key)} as taken_${index}`,
      `${groupOf(key)} as group_${index}`,
    ]),
    ...references.flatMap((reference, index) => [
      `${isMissing(reference)} as missing_${index}`,
      `${makerOf(target, staging, reference)} as maker_${index}`,
    ]),
  ]
  const suspicions = [
    ...keys.map((_, index) => `taken_${index} is not null or group_${index} <> row`),
    ...references.map((_, index) => `missing_${index}`),
  ]
  return `select * from (select ${columns.join(', ')} from ${staging} s) judged where ${suspicions.join(' or ')} order by row`
}

/** A row without the key belongs to no group, also where others have null as a part of theirs. */
function groupOf(key: AskedKey): string {
  const parts = key.columns.map(column => keyPart('s', column, key))
  const filter = key.nulls.size === 0 ? '' : ` filter (where ${isPresent(key)})`
  return `case when ${isPresent(key)} then min(s.lading_row)${filter} over (partition by ${parts.join(', ')}) end`
}

function makerOf(target: Target, staging: string, { column, reference, isSelf }: TargetReference): string {
  const provider = target.writable.find(({ info }) => info.name === reference.column)
  if (!isSelf || provider === undefined) return 'null::int4'
  const made = `m.${provider.staged}::${provider.info.castType}`
  return `(select min(m.lading_row) from ${staging} m where ${made} = ${stagedValue(column)})`
}
