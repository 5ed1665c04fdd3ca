// Stage: record batches → rows, with each value under the field that its column or key stands for.
import { LadingError } from '../errors/lading-error.ts'
import { JsonText, memberTexts } from '../record/json-text.ts'
import type { RecordBatch } from '../record/record-batch.ts'
import type { SourceRecord } from '../record/source-record.ts'
import type { Resource } from './define.ts'
import type { Field } from './field.ts'
import { errorColumn, type HeaderMap, type HeaderOptions, mapHeader } from './header.ts'
import { fieldsByName, mappedFields, shown, spelling } from './mapping.ts'
import { type Row, reject } from './row.ts'
import type { RowBatch } from './row-batch.ts'

export interface MapOptions extends HeaderOptions {
  /** Called once for each column or key that no field answers to, unless that is an error. */
  onUnknown(column: string): void
}

/** @throws LadingError `HEADER_INVALID`, `OPTION_INVALID` */
export async function* mapFields(
  batches: AsyncIterable<RecordBatch>,
  resource: Resource,
  options: MapOptions,
): AsyncGenerator<RowBatch> {
  const ofObject = objectMapper(resource, options)
  let header: HeaderMap | undefined
  for await (const { header: names, records, end, fault } of batches) {
    if (names !== undefined) {
      header = mapHeader(resource, names.cells, options)
      for (const name of header.unknown) options.onUnknown(name)
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

function emptyRow(resource: Resource, source: SourceRecord, fieldOf?: Row['fieldOf']): Row {
  return {
    source,
    values: new Array(resource.inputs.length).fill(undefined),
    given: undefined,
    errors: undefined,
    fieldOf,
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
    return { source, values: cells, given: undefined, errors: undefined, fieldOf: undefined }
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

/** Unknown keys that the error of a record names; a hostile one has hundreds. */
const namedKeys = 5

function objectMapper(resource: Resource, { onUnknown, mapping = {}, unknownColumns }: MapOptions) {
  const byName = new Map([...fieldsByName(resource), ...mappedFields(resource, mapping)])
  const isError = unknownColumns === 'error'
  const known = (key: string) => byName.get(spelling(key))
  /** Keys as they are spelt in this file, so that the lower-casing is done once for each spelling. */
  const bySpelling = new Map<string, Field | null>()
  const fieldOf = (key: string): Field | null => {
    const seen = bySpelling.get(key)
    if (seen !== undefined) return seen
    const field = known(key) ?? null
    if (field === null && !isError && spelling(key) !== errorColumn) onUnknown(key)
    // A hostile file may hold a new key in every line.
    if (bySpelling.size < 10_000) bySpelling.set(key, field)
    return field
  }
  return (source: SourceRecord, object: Readonly<Record<string, unknown>>): Row => {
    const row = emptyRow(resource, source, known)
    const unknown: string[] = []
    let texts: ReadonlyMap<string, string> | undefined
    const withText = (key: string, value: unknown): unknown => {
      // Objects of a program have no text. null is no value, as it is in any other field.
      if (source.raw === '' || value === null || value === undefined) return value
      texts ??= memberTexts(source.raw)
      return new JsonText(texts.get(key) ?? JSON.stringify(value), value)
    }
    for (const key of Object.keys(object)) {
      const field = fieldOf(key)
      if (field === null) {
        if (isError && spelling(key) !== errorColumn) unknown.push(key)
        continue
      }
      if (field.readOnly) continue
      if (row.values[field.index] !== undefined) {
        reject(
          resource,
          row,
          field,
          'DUPLICATE_JSON_KEY',
          `Two keys of the object stand for "${field.name}".`,
        )
      }
      row.values[field.index] = keepsText(field) ? withText(key, object[key]) : object[key]
    }
    if (unknown.length > 0) {
      reject(resource, row, null, 'UNKNOWN_COLUMN', unknownKeys(resource, unknown))
    }
    return row
  }
}

function keepsText({ type }: Field): boolean {
  return (type.kind === 'array' ? type.element : type.kind) === 'json'
}

function unknownKeys({ name }: Resource, keys: readonly string[]): string {
  const named = keys.slice(0, namedKeys).map(key => `"${shown(key)}"`)
  const more = keys.length - named.length
  const list = `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  return keys.length === 1
    ? `The key ${list} is no field of ${name}; remove or map it.`
    : `The keys ${list} are no fields of ${name}; remove or map them.`
}
