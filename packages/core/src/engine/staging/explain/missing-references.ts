// Records that are rejected for another reason → the same records, with errors for their missing references.

import type { Client } from '../../../postgres/pool/checkout.ts'
import type { Target, TargetReference } from '../../catalogue/target.ts'
import type { Row } from '../../resource/row.ts'
import { explainMissing } from './explain.ts'
import { type InlineColumn, inlineSource, missingSql } from './missing-sql.ts'

/**
 * Adds an error for each missing reference. References to the table itself are left out: it is not known for all earlier
 * records whether they were imported, and the report must not depend on batches.
 */
export async function rejectMissingReferences(
  client: Client,
  target: Target,
  rows: readonly Row[],
): Promise<void> {
  const isGiven = (reference: TargetReference) =>
    rows.some(row => columnsOf(reference).some(({ field }) => (row.values[field.index] ?? null) !== null))
  const references = target.references.filter(reference => !reference.isSelf && isGiven(reference))
  if (references.length === 0) return
  const source = inlineSource(rows, references.flatMap(columnsOf))
  const { rows: found } = await client.query(missingSql(source, references))
  for (const result of found) {
    const row = rows[Number(result.row)]
    references.forEach((reference, index) => {
      if (row !== undefined && result[`missing_${index}`] === true) explainMissing(target, reference, row)
    })
  }
}

function columnsOf({ column, lookupFields }: TargetReference): readonly InlineColumn[] {
  return [{ ...column, sql: column.staged }, ...lookupFields]
}
