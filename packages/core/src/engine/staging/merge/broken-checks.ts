// Finds the staged rows that break a CHECK of the table, as a set: none of them needs to be tried.
import { identifier, literal } from '../../../postgres/identifier.ts'
import { readTableChecks, type TableCheck, type TableChecks } from '../../catalogue/rules/table-checks.ts'
import type { Target } from '../../catalogue/target.ts'
import type { StagedBatch } from '../encode-batch.ts'
import { stagedValue } from './compare-sql.ts'
import type { ConstraintFailure } from './constraint-failure.ts'
import { type MergeContext, tryInSavepoint } from './merge-context.ts'

/**
 * What an insert would report for these rows. Rows that break other rules before a CHECK is judged are left out, and so
 * are all rows if an expression fails for one of them: an insert then tells which.
 */
export async function brokenChecks(context: MergeContext): Promise<readonly ConstraintFailure[]> {
  const { client, target, staging, batch, recall } = context
  const found = await readTableChecks(client, target.table.oid)
  const sql = found && brokenChecksSql(target, staging, batch, found)
  if (found === undefined || sql === undefined) return []
  let failures: readonly ConstraintFailure[] = []
  await client.query('savepoint lading_merge')
  await tryInSavepoint(context, async () => {
    const { rows } = await client.query(sql)
    failures = rows.map(({ row, broken }) => failureOf(found, Number(row), String(broken)))
  })
  await client.query('release savepoint lading_merge')
  await recall?.(failures.map(({ row }) => row))
  return failures
}

function failureOf({ schema, table }: TableChecks, row: number, constraint: string): ConstraintFailure {
  const names = { schema, table, constraint, column: '', datatype: '' }
  return { row, state: '23514', ...names, isRaised: false, message: null, hint: null }
}

/** @returns undefined if a check needs a value that only an insert computes */
function brokenChecksSql(
  target: Target,
  staging: string,
  batch: StagedBatch,
  { checks, types }: TableChecks,
): string | undefined {
  const values = Object.entries(types).map(([name, type]) => {
    const value = insertedAs(target, batch, name)
    return value && `cast(${value} as ${type}) as ${identifier(name)}`
  })
  if (values.includes(undefined)) return undefined
  const broken = checks.map(({ name, sql }: TableCheck) => `when (${sql}) is false then ${literal(name)}`)
  // PostgreSQL reports a missing value before any CHECK.
  const required = batch.columns.filter(({ column }) => column.info.notNull)
  const isComplete = required.map(({ column }) => `s.${column.staged} is not null`)
  return `select row, broken from (
    select row, case ${broken.join(' ')} end as broken from (
      select s.lading_row as row, ${values.join(', ')} from ${staging} s where ${['true', ...isComplete].join(' and ')}
    ) filled
  ) judged where broken is not null order by row`
}

/** What an insert writes to the column, as SQL; undefined if only the insert knows. */
function insertedAs({ table }: Target, { columns }: StagedBatch, name: string): string | undefined {
  const staged = columns.find(({ column }) => column.info.name === name)
  const info = table.columns.find(column => column.name === name)
  if (info === undefined) return undefined
  // A call may draw from a sequence, or give another value each time.
  const byDefault = info.default === null ? 'null' : info.default.includes('(') ? undefined : info.default
  if (staged === undefined) return byDefault
  return staged.isMixed && info.default !== null ? undefined : stagedValue(staged.column)
}
