// Rows of which only their places were remembered → the same rows with the values that are staged, for their errors.
import type { Client } from '../../../postgres/pool/client.ts'
import { JsonText } from '../../record/json-text.ts'
import type { Field } from '../../resource/field.ts'
import type { StagedBatch } from '../encode-batch.ts'
import { numbers } from '../merge/merge-sql.ts'

/** Values as text, which is how reports show them. How the file spelt a number or a time is not known any more. */
export async function recall(
  client: Client,
  staging: string,
  { rows, columns, standIns }: StagedBatch,
  wanted: readonly number[],
): Promise<void> {
  const staged = [...columns.map(({ column: { field, staged: sql } }) => ({ field, sql })), ...standIns]
  if (wanted.length === 0 || staged.length === 0) return
  const texts = staged.map(({ sql, field }, index) => {
    const isArray = field.type.kind === 'array'
    return `${isArray ? `to_json(${sql})` : sql}::text as lading_${index}`
  })
  const { rows: found } = await client.query(
    `select lading_row, ${texts.join(', ')} from ${staging} where lading_row = any (${numbers(wanted)})`,
  )
  for (const values of found) {
    const row = rows[Number(values.lading_row)]
    staged.forEach(({ field }, index) => {
      const text = values[`lading_${index}`]
      if (row !== undefined && typeof text === 'string') row.values[field.index] = shownAs(field, text)
    })
  }
}

function shownAs({ type }: Field, text: string): unknown {
  if (type.kind === 'json') return new JsonText(text, JSON.parse(text))
  return type.kind === 'array' ? JSON.parse(text) : text
}
