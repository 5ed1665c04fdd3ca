// Staged rows with a value that is none of its column's type → out of the staging table, each with all such errors.

import { LadingError } from '../../../errors/lading-error.ts'
import type { Client } from '../../../postgres/pool/client.ts'
import { readTableCode, type TableCode } from '../../catalogue/rules/table-code.ts'
import type { Target } from '../../catalogue/target.ts'
import type { Row } from '../../resource/row.ts'
import { sortByField } from '../../validation/validate.ts'
import { type CastCheck, castChecksOf } from '../merge/cast-checks.ts'
import { raised } from '../merge/constraint-failure.ts'
import type { MergeContext } from '../merge/merge-context.ts'
import { gather } from './explain-failures.ts'
import { explainValue } from './explain-value.ts'
import { noteMissing } from './missing-references.ts'
import { foundUnreadableSql, type Unreadable, unreadableSql } from './unreadable-sql.ts'

/**
 * Judges what only PostgreSQL can, before a row of the batch is compared with any other one: like a value that Node
 * refuses, a bad one takes its record out, and what else is wrong with the record by itself is told with it. Does nothing
 * the second time.
 */
export async function withoutUnreadable(job: MergeContext): Promise<MergeContext> {
  const { client, target, staging, batch } = job
  if (batch.unreadable !== undefined) return job
  const found = await explainUnreadable(client, target, {
    source: `${staging} s`,
    doubts: castChecksOf(target, batch),
    rows: batch.rows,
    staging,
  })
  const numbers = new Set(found.map(({ row }) => row))
  const rows = [...numbers].flatMap(number => batch.rows[number] ?? [])
  await noteMissing(client, target, rows)
  for (const { errors } of rows) if (errors !== undefined) sortByField(target.resource, errors)
  return { ...job, batch: { ...batch, unreadable: numbers } }
}

interface Sought {
  /** See `unreadableSql`. */
  readonly source: string
  readonly doubts: readonly CastCheck[]
  /** By their numbers in the source. */
  readonly rows: readonly Row[]
  readonly staging?: string
}

/** Notes every value that a cast refuses as an error of its row. */
export async function explainUnreadable(
  client: Client,
  target: Target,
  { source, doubts, rows, staging }: Sought,
): Promise<readonly Unreadable[]> {
  if (doubts.length === 0) return []
  await client.query(unreadableSql(source, doubts, staging))
  const { rows: left } = await client.query(foundUnreadableSql)
  // The block builds exactly this shape.
  const found = left[0]?.found as readonly Unreadable[]
  if (found.length === 0) return found
  const values = found.map(one => ({ one, ...refusedValue(doubts[one.at], one) }))
  const ofRules = found.filter(({ state }) => state === raised || state.startsWith('23'))
  const code = ofRules.length === 0 ? noCode : await readTableCode(client, target.table.oid)
  const known = await gather(
    client,
    target,
    code,
    ofRules,
    values.map(({ type }) => type),
  )
  for (const { one, ...value } of values) {
    const row = rows[one.row]
    if (row === undefined) throw new LadingError('INTERNAL', 'A value was judged that was never sent.')
    explainValue(known, row, value, one)
  }
  return found
}

const noCode: TableCode = { generated: [], checks: [], indexes: [], hasPolicies: false, view: null }

function refusedValue(doubt: CastCheck | undefined, { element }: Unreadable) {
  if (doubt === undefined) throw new LadingError('INTERNAL', 'A value was judged that nobody asked for.')
  const type = element === null ? doubt.cast : doubt.cast.replace(/\[\]$/, '')
  return { field: doubt.field, element, type }
}
