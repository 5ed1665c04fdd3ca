// Stage: record batches → rows, with each value under the field of its column or key.
import { LadingError } from '../../../errors/lading-error.ts'
import { CellRecord } from '../../record/cell-block.ts'
import type { Note } from '../../record/note.ts'
import type { RecordBatch } from '../../record/record-batch.ts'
import type { SourceRecord } from '../../record/source-record.ts'
import type { Resource } from '../define.ts'
import { emptyRow, type Row, reject } from '../row.ts'
import type { RowBatch } from '../row-batch.ts'
import { CellRow, type CellShape } from './cell-row.ts'
import { type HeaderMap, type HeaderOptions, mapHeader } from './header.ts'
import { ObjectMapper } from './map-objects.ts'
import { unknownColumn, unnamedColumns } from './unknown-columns.ts'

export interface MapOptions extends HeaderOptions {
  /** The records are the rest of a file whose first records have been read before. @defaultValue false */
  readonly isContinued?: boolean | undefined
  /** Texts that stand for no value; in a column without a name they count as empty. @defaultValue none */
  readonly nullValues?: readonly string[] | undefined
}

/**
 * Notes each column or key that matches no field once, unless the options make it an error. A file whose only record is
 * an object that wraps the records ends in a fault that says where they are.
 *
 * @throws LadingError `HEADER_INVALID`, `OPTION_INVALID`
 */
export async function* mapFields(
  batches: AsyncIterable<RecordBatch>,
  resource: Resource,
  { isContinued = false, nullValues = [], ...options }: MapOptions,
): AsyncGenerator<RowBatch> {
  let notes: Note[] = []
  const objects = new ObjectMapper(resource, options, note => notes.push(note))
  let header: HeaderMap | undefined
  let shape: CellShape | undefined
  let isFirst = !isContinued
  /** A batch whose record is an error if it is the only one of the file. */
  let pending: { readonly batch: RowBatch; readonly ifAlone: LadingError } | undefined
  for await (const { header: names, records, isAscii, end, notes: found = [], fault } of batches) {
    notes = []
    if (names !== undefined) {
      header = mapHeader(resource, names.cells, options)
      shape = { columns: header.columns, width: resource.inputs.length }
      for (const name of header.unknown) notes.push(unknownColumn(resource, name, 0))
      if (header.unnamed.length > 0) notes.push(unnamedColumns(header.unnamed))
    }
    notes.push(...found)
    const ifAlone = isFirst && records.length === 1 ? ifAloneOf(records[0], objects) : undefined
    isFirst &&= records.length === 0
    const rows = records.map(record => {
      if (shape !== undefined && record instanceof CellRecord && hasNoSurprise(header, record)) {
        return new CellRow(record, shape)
      }
      const { content } = record
      if (content === undefined) return invalidRow(resource, record)
      record.content = undefined
      return isCells(content)
        ? rowOfCells(resource, header, record, content, nullValues)
        : objects.rowOf(record, content)
    })
    const batch = { rows, isAscii, end, notes, ...(fault && { fault }) }
    if (ifAlone !== undefined && fault === undefined) pending = { batch, ifAlone }
    else if (pending === undefined) yield batch
    else if (records.length > 0 || fault !== undefined) {
      yield pending.batch
      pending = undefined
      yield batch
    }
  }
  // A retry starts at the first byte.
  if (pending !== undefined)
    yield { rows: [], end: { byte: 0, rowNumber: 0, line: 0 }, fault: pending.ifAlone }
}

function ifAloneOf(record: SourceRecord | undefined, objects: ObjectMapper): LadingError | undefined {
  const { content, problem } = record ?? {}
  if (content === undefined) return problem?.fileFault
  return isCells(content) ? undefined : objects.ifAlone(content)
}

/** True if the number of cells fits the header, and no cell lacks a name. */
function hasNoSurprise(header: HeaderMap | undefined, { cellCount }: CellRecord): boolean {
  if (header === undefined || header.unnamed.length > 0) return false
  return cellCount >= header.minCells && cellCount <= header.columns.length
}

function isCells(content: NonNullable<SourceRecord['content']>): content is (string | null)[] {
  return Array.isArray(content)
}

/** A record that never became fields. */
function invalidRow(resource: Resource, source: SourceRecord): Row {
  const row = emptyRow(resource, source)
  const { code, message } = source.problem ?? {
    code: 'FILE_PARSE_ERROR',
    message: 'The record cannot be read.',
  }
  reject(resource, row, null, code, message)
  return row
}

function rowOfCells(
  resource: Resource,
  header: HeaderMap | undefined,
  source: SourceRecord,
  cells: (string | null)[],
  nullValues: readonly string[],
): Row {
  if (header === undefined) throw new LadingError('INTERNAL', 'A decoder emitted cells before their header.')
  const { columns } = header
  const row = emptyRow(resource, source)
  if (cells.length < header.minCells || cells.length > columns.length) {
    const count = `${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}`
    const message = `The record has ${count} where the header has ${columns.length}.`
    reject(resource, row, null, 'COLUMN_COUNT', message)
    return row
  }
  const filledPosition = header.unnamed.find(position => {
    const cell = cells[position] ?? ''
    return cell.trim() !== '' && !nullValues.includes(cell)
  })
  if (filledPosition !== undefined) {
    reject(resource, row, null, 'UNNAMED_COLUMN', unnamedValue(filledPosition))
    return row
  }
  for (let index = 0; index < columns.length; index++) {
    const field = columns[index]
    if (field !== undefined) row.values[field.index] = cells[index]
  }
  return row
}

function unnamedValue(position: number): string {
  return `The record has a value in column ${position + 1}, which has no name in the header; name the column, or correct the record if it has a delimiter too many.`
}
