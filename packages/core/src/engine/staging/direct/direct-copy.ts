// Decides whether a batch may be copied straight into the table: only where the result cannot differ from a merge.
import type { Target, TargetColumn } from '../../catalogue/target.ts'
import type { StagedBatch } from '../encode-batch.ts'
import { enforcesKeys } from '../merge/classify-sql.ts'

export interface DirectCopy {
  /** True if the database itself rejects every row of the batch that a merge would reject. */
  fits(batch: StagedBatch): boolean
  /** The COPY … FROM STDIN statement that loads such a batch. */
  copy(batch: StagedBatch): string
}

/** @returns undefined if no batch can be copied */
export function directCopy(target: Target): DirectCopy | undefined {
  const { table, scope, references, isShadow, writable } = target
  const isJudged = scope.length > 0 || references.some(({ scope }) => scope.length > 0)
  // PostgreSQL checks a reference to the table itself only at the end of the statement, so it would accept one to a later row.
  const isEnforced = enforcesKeys(target) && references.every(one => one.isEnforced && !one.isSelf)
  if (isShadow || isJudged || !isEnforced || !table.takesCopy) return undefined
  const unlike = new Set(writable.filter(column => !isStoredAlike(column)))
  return {
    fits: ({ columns, lookupFields, hasPresence }) =>
      !hasPresence &&
      lookupFields.length === 0 &&
      columns.length > 0 &&
      columns.every(({ column }) => !unlike.has(column)),
    copy: ({ columns }) =>
      `copy ${table.sql} (${columns.map(({ column }) => column.sql).join(', ')}) from stdin`,
  }
}

/** For each staging type, the column types that read its texts as a cast would convert its values. */
const readAlike: Readonly<Record<string, readonly string[]>> = {
  boolean: ['bool'],
  bigint: ['int2', 'int4', 'int8', 'numeric'],
  numeric: ['numeric'],
  'double precision': ['float8'],
  real: ['float4'],
  uuid: ['uuid'],
  date: ['date'],
  timestamp: ['timestamp'],
  timestamptz: ['timestamptz'],
}

/** Whether COPY stores the texts of the column as the merge does, which casts them from the staging type. */
function isStoredAlike({ codec, info }: TargetColumn): boolean {
  const type = info.elementType ?? info.type
  const staged = info.elementType === null ? codec.stagingType : codec.stagingType.replace(/\[\]$/, '')
  if (staged !== 'text') return readAlike[staged]?.includes(type) === true
  // With fields, such as `interval year`, a bare number is read in another unit.
  const isRestricted = type === 'interval' && info.typmod !== -1
  return !info.castsFromText && !isRestricted
}
