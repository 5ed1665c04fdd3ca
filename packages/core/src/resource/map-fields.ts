// Stage: record batches → rows, with each value under the field that its column or key stands for.
import { LadingError } from '../errors/lading-error.ts'
import type { RecordBatch } from '../record/record-batch.ts'
import type { SourceRecord } from '../record/source-record.ts'
import type { Resource } from './define.ts'
import type { Field } from './field.ts'
import { errorColumn, fieldsByName, type HeaderMap, mapHeader } from './header.ts'
import { type Row, reject } from './row.ts'
import type { RowBatch } from './row-batch.ts'

/** @param onUnknown called once for each column or key that no field answers to */
export async function* mapFields(
  batches: AsyncIterable<RecordBatch>,
  resource: Resource,
  onUnknown: (column: string) => void,
): AsyncGenerator<RowBatch> {
  const ofObject = objectMapper(resource, onUnknown)
  let header: HeaderMap | undefined
  for await (const { header: names, records, end, fault } of batches) {
    if (names !== undefined) {
      header = mapHeader(resource, names)
      header.unknown.forEach(onUnknown)
    }
    const rows = records.map(record => {
      const { content } = record
      if (content === undefined) return brokenRow(resource, record)
      record.content = undefined
      return isCells(content) ? ofCells(resource, header, record, content) : ofObject(record, content)
    })
    yield { rows, end, ...(fault && { fault }) }
  }
}

function isCells(content: NonNullable<SourceRecord['content']>): content is (string | null)[] {
  return Array.isArray(content)
}

function emptyRow(resource: Resource, source: SourceRecord): Row {
  return {
    source,
    values: new Array(resource.fields.length).fill(undefined),
    given: undefined,
    errors: undefined,
  }
}

/** A record that never became fields. */
function brokenRow(resource: Resource, source: SourceRecord): Row {
  const row = emptyRow(resource, source)
  const { code, message } = source.problem ?? {
    code: 'FILE_PARSE_ERROR',
    message: 'The record cannot be read.',
  }
  reject(resource, row, null, code, message)
  return row
}

function ofCells(
  resource: Resource,
  header: HeaderMap | undefined,
  source: SourceRecord,
  cells: (string | null)[],
): Row {
  if (header === undefined)
    throw new LadingError('INTERNAL', 'A decoder handed on cells before their header.')
  const { columns } = header
  // The usual file is an export: its columns are the fields in their order, and its cells the values.
  if (header.isInOrder && cells.length === columns.length)
    return { source, values: cells, given: undefined, errors: undefined }
  const row = emptyRow(resource, source)
  if (cells.length !== columns.length) {
    reject(
      resource,
      row,
      null,
      'COLUMN_COUNT',
      `The record has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'} where the header has ${columns.length}.`,
    )
    return row
  }
  for (let index = 0; index < columns.length; index++) {
    const field = columns[index]
    if (field !== undefined) row.values[field.index] = cells[index]
  }
  return row
}

function objectMapper(resource: Resource, onUnknown: (column: string) => void) {
  const byName = fieldsByName(resource)
  /** Keys as they are spelt in this file, so that the lower-casing is done once for each spelling. */
  const bySpelling = new Map<string, Field | null>()
  const fieldOf = (key: string): Field | null => {
    const known = bySpelling.get(key)
    if (known !== undefined) return known
    const field = byName.get(key.toLowerCase()) ?? null
    if (field === null && key.toLowerCase() !== errorColumn) onUnknown(key)
    // A hostile file may hold a new key in every line.
    if (bySpelling.size < 10_000) bySpelling.set(key, field)
    return field
  }
  return (source: SourceRecord, object: Readonly<Record<string, unknown>>): Row => {
    const row = emptyRow(resource, source)
    for (const key of Object.keys(object)) {
      const field = fieldOf(key)
      if (field === null || field.readOnly) continue
      if (row.values[field.index] !== undefined) {
        reject(
          resource,
          row,
          field,
          'DUPLICATE_JSON_KEY',
          `Two keys of the object stand for "${field.name}".`,
        )
      }
      row.values[field.index] = object[key]
    }
    return row
  }
}
