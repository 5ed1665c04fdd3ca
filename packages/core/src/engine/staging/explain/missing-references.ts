// Records that are rejected for something else → the same records, with the references that lead nowhere.

import type { Client } from '../../../postgres/pool/client.ts'
import type { Target, TargetReference } from '../../catalogue/target.ts'
import type { Row } from '../../resource/row.ts'
import { explainMissing } from './explain.ts'
import { type AsideColumn, asideSource, missingSql } from './missing-sql.ts'

/**
 * References into the table itself are left out: whether an earlier record of the file got in is not known of all of
 * them, and the report must not depend on batches.
 */
export async function noteMissing(client: Client, target: Target, rows: readonly Row[]): Promise<void> {
  const isGiven = (reference: TargetReference) =>
    rows.some(row => columnsOf(reference).some(({ field }) => (row.values[field.index] ?? null) !== null))
  const references = target.references.filter(reference => !reference.isSelf && isGiven(reference))
  if (references.length === 0) return
  const source = asideSource(rows, references.flatMap(columnsOf))
  const { rows: found } = await client.query(missingSql(source, references))
  for (const answer of found) {
    const row = rows[Number(answer.row)]
    references.forEach((reference, index) => {
      if (row !== undefined && answer[`missing_${index}`] === true) explainMissing(target, reference, row)
    })
  }
}

function columnsOf({ column, standIns }: TargetReference): readonly AsideColumn[] {
  return [{ ...column, sql: column.staged }, ...standIns]
}
