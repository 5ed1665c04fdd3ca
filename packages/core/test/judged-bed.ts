// One record → the errors that validation has of it, as the cells of a CSV file or as a JSON object.
import { type TSchema, Type } from '@sinclair/typebox'
import { headerOfCells } from '../../../test-support/decoding.ts'
import type { RecordBatch } from '../src/engine/record/record-batch.ts'
import { defineResource, type Resource } from '../src/engine/resource/define.ts'
import { mapFields } from '../src/engine/resource/mapping/map-fields.ts'
import { validate } from '../src/engine/validation/validate.ts'
import { parseValues } from '../src/engine/value/parse-values.ts'
import type { RecordError } from '../src/errors/record-error.ts'

/** A resource of one field, `it`. */
export function resourceOf(it: TSchema, options: object = {}): Resource {
  return defineResource('things', { table: 'things', schema: Type.Object({ it }), fields: { it: options } })
}

/** What is said of one value of the field `it`. */
export async function saidOf(schema: TSchema, from: 'text' | 'json', it: unknown): Promise<string[]> {
  return (await judged(resourceOf(schema), from, { it })).map(({ message }) => message)
}

export async function judged(
  resource: Resource,
  from: 'text' | 'json',
  given: Record<string, unknown>,
): Promise<RecordError[]> {
  const raw = JSON.stringify(given)
  const content = from === 'text' ? Object.values(given).map(cell => (cell ?? null) as string | null) : given
  const record = { rowNumber: 2, line: 2, offset: 0, length: raw.length, raw, content, problem: undefined }
  async function* records(): AsyncGenerator<RecordBatch> {
    const header = from === 'text' ? { header: headerOfCells(Object.keys(given)) } : {}
    yield { ...header, records: [record], end: { byte: raw.length, rowNumber: 2, line: 2 } }
  }
  const rows = parseValues(mapFields(records(), resource, {}), resource, { from })
  const errors: RecordError[] = []
  for await (const batch of validate(rows, resource, () => undefined))
    errors.push(...batch.rows.flatMap(row => row.errors ?? []))
  return errors
}
