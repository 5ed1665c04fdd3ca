// Rows that were buffered without their values → the same rows with the staged values, for their errors.
import type { Client } from '../../../postgres/pool/checkout.ts'
import { JsonText } from '../../record/json-text.ts'
import type { Field } from '../../resource/field.ts'
import type { StagedBatch } from '../encode-batch.ts'
import { numbers } from '../merge/merge-sql.ts'

/** Fills in the values as text, as reports show them. The file's own spelling of a number or a time is lost. */
export async function recall(
  client: Client,
  staging: string,
  { rows, columns, lookupFields }: StagedBatch,
  rowNumbers: readonly number[],
): Promise<void> {
  const staged = [...columns.map(({ column: { field, staged: sql } }) => ({ field, sql })), ...lookupFields]
  if (rowNumbers.length === 0 || staged.length === 0) return
  const texts = staged.map(({ sql, field }, index) => {
    const isArray = field.type.kind === 'array'
    return `${isArray ? `to_json(${sql})` : sql}::text as lading_${index}`
  })
  const { rows: found } = await client.query(
    `select lading_row, ${texts.join(', ')} from ${staging} where lading_row = any (${numbers(rowNumbers)})`,
  )
  for (const values of found) {
    const row = rows[Number(values.lading_row)]
    staged.forEach(({ field }, index) => {
      const text = values[`lading_${index}`]
      if (row !== undefined && typeof text === 'string') row.values[field.index] = reportedAs(field, text)
    })
  }
}

function reportedAs({ type }: Field, text: string): unknown {
  if (type.kind === 'json') return new JsonText(text, JSON.parse(text))
  return type.kind === 'array' ? JSON.parse(text) : text
}
