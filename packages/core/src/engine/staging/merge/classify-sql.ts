// SQL of the classification: finds the staged rows that clash with the table or each other, or have a missing reference.
import type { Target, TargetColumn, TargetReference } from '../../catalogue/target.ts'
import type { StagedBatch } from '../encode-batch.ts'
import {
  type CheckedKey,
  isGiven,
  isMissing,
  isPresent,
  keyPart,
  locationOf,
  stagedValue,
} from './compare-sql.ts'

/** Keys and references that this batch can violate: those whose columns it fills. */
export interface MergeChecks {
  readonly keys: readonly CheckedKey[]
  readonly references: readonly TargetReference[]
}

export function checksOf(target: Target, batch: StagedBatch): MergeChecks {
  const filled = new Set(batch.columns.map(({ column }) => column))
  const isAlwaysNull = (column: TargetColumn) =>
    column.info.default === null && target.writable.includes(column)
  return {
    keys: target.keys
      .filter(key =>
        key.columns.every(
          column => filled.has(column) || (key.nullable.includes(column) && isAlwaysNull(column)),
        ),
      )
      .map(key => ({
        ...key,
        nulls: new Map(key.nullable.map(column => [column, nullTest(target, batch, column)])),
      })),
    references: target.references.filter(({ column }) => filled.has(column)),
  }
}

/** Condition for a null key column in a staged row. A staged null may also mean a default, or a lookup that found no row. */
function nullTest(
  { references }: Target,
  { columns, lookupFields }: StagedBatch,
  column: TargetColumn,
): string {
  const position = columns.findIndex(staged => staged.column === column)
  const isMixed = columns[position]?.isMixed === true && column.info.default !== null
  const lookups = references
    .filter(reference => reference.column === column)
    .flatMap(reference => reference.lookupFields.filter(lookupField => lookupFields.includes(lookupField)))
  return [
    `s.${column.staged} is null`,
    ...(isMixed ? [isGiven(position)] : []),
    ...lookups.map(({ sql }) => `s.${sql} is null`),
  ].join(' and ')
}

/** Returns the references that the database does not fully enforce, for example because of the caller's scope. */
export function unenforcedReferences({ references }: MergeChecks): readonly TargetReference[] {
  return references.filter(({ isEnforced, scope }) => !isEnforced || scope.length > 0)
}

/** Whether the database rejects every duplicate key; unique indexes do not cover the rows of child tables. */
export function enforcesKeys({ table }: Target): boolean {
  return !table.hasChildTables
}

/**
 * Returns a query with one row for each suspect, in file order:
 * - `row`
 * - for each key `taken_N`, the caller's row that has it, as text, or null
 * - for each key `group_N`, the number of the first staged row with that key
 * - for each reference `missing_N`, true if the referenced table lacks it
 * - for each reference to the table itself `maker_N`, the number of the first staged row with the referenced value
 */
export function classifySql(target: Target, staging: string, { keys, references }: MergeChecks): string {
  const columns = [
    's.lading_row as row',
    ...keys.flatMap((key, index) => [
      `${locationOf(target, key)} as taken_${index}`,
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

/** A row without the key belongs to no group, even if other rows have null as a part of theirs. */
function groupOf(key: CheckedKey): string {
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
