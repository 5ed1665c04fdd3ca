// Staged rows with a value that its column's type rejects → removed from the staging table, each with all such errors.

import { LadingError } from '../../../errors/lading-error.ts'
import type { Client } from '../../../postgres/pool/checkout.ts'
import { readTableCode, type TableCode } from '../../catalogue/rules/table-code.ts'
import type { Target } from '../../catalogue/target.ts'
import type { Row } from '../../resource/row.ts'
import { sortByField } from '../../validation/validate.ts'
import { type CastCheck, castChecksOf } from '../merge/cast-checks.ts'
import { raised } from '../merge/constraint-failure.ts'
import type { MergeContext } from '../merge/merge-context.ts'
import { readFailureContext } from './explain-failures.ts'
import { explainValue } from './explain-value.ts'
import { rejectMissingReferences } from './missing-references.ts'
import { foundUnreadableSql, type Unreadable, unreadableSql } from './unreadable-sql.ts'

/**
 * Checks the values that only PostgreSQL can parse, before any row of the batch is compared with another. A bad value
 * rejects its record, as in Node, and the record's missing references are reported with it. A second call does nothing.
 */
export async function rejectUnreadable(context: MergeContext): Promise<MergeContext> {
  const { client, target, staging, batch } = context
  if (batch.unreadable !== undefined) return context
  const found = await explainUnreadable(client, target, {
    source: `${staging} s`,
    checks: castChecksOf(target, batch),
    rows: batch.rows,
    staging,
  })
  const numbers = new Set(found.map(({ row }) => row))
  const rows = [...numbers].flatMap(number => batch.rows[number] ?? [])
  await rejectMissingReferences(client, target, rows)
  for (const { errors } of rows) if (errors !== undefined) sortByField(target.resource, errors)
  return { ...context, batch: { ...batch, unreadable: numbers } }
}

interface CastCheckedRows {
  /** See `unreadableSql`. */
  readonly source: string
  readonly checks: readonly CastCheck[]
  /** Indexed by their numbers in the source. */
  readonly rows: readonly Row[]
  readonly staging?: string
}

/** Adds an error for each value that a cast rejects. */
export async function explainUnreadable(
  client: Client,
  target: Target,
  { source, checks, rows, staging }: CastCheckedRows,
): Promise<readonly Unreadable[]> {
  if (checks.length === 0) return []
  await client.query(unreadableSql(source, checks, staging))
  const { rows: result } = await client.query(foundUnreadableSql)
  // The block builds exactly this shape.
  const found = result[0]?.found as readonly Unreadable[]
  if (found.length === 0) return found
  const values = found.map(one => ({ one, ...failedValue(checks[one.at], one) }))
  const ofRules = found.filter(({ state }) => state === raised || state.startsWith('23'))
  const code = ofRules.length === 0 ? noCode : await readTableCode(client, target.table.oid)
  const known = await readFailureContext(
    client,
    target,
    code,
    ofRules,
    values.map(({ type }) => type),
  )
  for (const { one, ...value } of values) {
    const row = rows[one.row]
    if (row === undefined)
      throw new LadingError('INTERNAL', 'The database checked a value that was never sent.')
    explainValue(known, row, value, one)
  }
  return found
}

const noCode: TableCode = { generated: [], checks: [], indexes: [], hasPolicies: false, view: null }

function failedValue(check: CastCheck | undefined, { element }: Unreadable) {
  if (check === undefined)
    throw new LadingError('INTERNAL', 'The database checked a value without a cast check.')
  const type = element === null ? check.cast : check.cast.replace(/\[\]$/, '')
  return { field: check.field, element, type }
}
