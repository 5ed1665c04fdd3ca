// Stage: rows of CSV → the same rows, most of them as lines of COPY already. A record whose cells are all valid, and that
// has nothing for the report, goes from its bytes to its line in one step; any other is left to the stages after this one.
import { LadingError } from '../../errors/lading-error.ts'
import { limitOf } from '../catalogue/fit/fit.ts'
import { codecsOf, type Target } from '../catalogue/target.ts'
import { cellNumbers } from '../record/cell-block.ts'
import type { Field } from '../resource/field.ts'
import { CellRow, type CellShape } from '../resource/mapping/cell-row.ts'
import type { CopyLines, Row } from '../resource/row.ts'
import type { RowBatch } from '../resource/row-batch.ts'
import { compileRules } from '../validation/field-rule.ts'
import { parserOf, rowParser } from '../value/parse-values.ts'
import { type CellStep, cellStep } from './cell-step.ts'
import { LineWriter } from './line-writer.ts'

export interface EncodeAheadOptions {
  /** What records hold; the values of JSON have their types already. */
  readonly from: 'text' | 'json'
  /** Texts that stand for no value. @defaultValue none */
  readonly nullValues?: readonly string[] | undefined
}

export function encodeAhead(
  batches: AsyncIterable<RowBatch>,
  target: Target,
  options: EncodeAheadOptions,
): AsyncIterable<RowBatch> {
  return options.from === 'text' && leavesValuesAlone(target)
    ? encodeBatches(batches, target, options)
    : batches
}

/** False if a stage between this one and COPY sets a value, or asks each row which fields it has. */
function leavesValuesAlone({ resource, scope, table }: Target): boolean {
  return resource.lookUp === undefined && scope.length === 0 && table.kind !== 'v'
}

async function* encodeBatches(
  batches: AsyncIterable<RowBatch>,
  target: Target,
  options: EncodeAheadOptions,
): AsyncGenerator<RowBatch> {
  const encoderOf = compiler(target, options)
  let shape: CellShape | undefined
  let encode: ((rows: readonly Row[]) => void) | undefined
  for await (const batch of batches) {
    const first = batch.rows.find(row => row instanceof CellRow)
    if (first !== undefined && first.shape !== shape) {
      shape = first.shape
      // The formula guard of Excel is taken off on the general way.
      encode = first.source.block.respell === undefined ? encoderOf(first.shape) : undefined
    }
    encode?.(batch.rows)
    yield batch
  }
}

interface Step {
  /** Position of the cell in a record. */
  readonly position: number
  readonly take: CellStep
}

/** Compiles the steps for a header; undefined if one of its columns is staged in another way. */
function compiler(
  target: Target,
  { from, nullValues }: EncodeAheadOptions,
): (shape: CellShape) => ((rows: readonly Row[]) => void) | undefined {
  const { resource, writable } = target
  const codecOf = codecsOf(target)
  const rules = new Map(compileRules(resource, codecOf).map(rule => [rule.field.index, rule]))
  const nulls = nullValues && new Set(nullValues)
  const parse = rowParser(resource, { from, codecOf, nullValues })
  return ({ columns }) => {
    const given = columns.filter(field => field !== undefined)
    const fields: Field[] = []
    const steps: Step[] = []
    for (const column of writable) {
      const { field, codec } = column
      const rule = rules.get(field.index)
      const position = columns.findIndex(one => one?.index === field.index)
      if (position === -1 || rule === undefined) continue
      const parser = parserOf(field, codec, from)
      steps.push({ position, take: cellStep({ column, rule, parser, limit: limitOf(column), nulls }) })
      fields.push(field)
    }
    if (steps.length === 0 || steps.length < given.length) return undefined
    return rowsEncoder(steps, fields, parse)
  }
}

function rowsEncoder(
  steps: readonly Step[],
  fields: readonly Field[],
  parse: CopyLines['parse'],
): (rows: readonly Row[]) => void {
  const writer = new LineWriter()
  const takeRow = (row: CellRow): boolean => {
    const { block, firstCell, cellCount } = row.source
    const { cells } = block
    for (let index = 0; index < steps.length; index++) {
      const { position, take } = steps[index] as Step
      if (index > 0) writer.separate()
      // A record may leave out cells at its end.
      if (position >= cellCount) return false
      const at = (firstCell + position) * cellNumbers
      if (!take(block, cells[at] as number, cells[at + 1] as number, writer)) return false
    }
    return true
  }
  return rows => {
    const taken: CellRow[] = []
    for (const row of rows) {
      if (!(row instanceof CellRow)) continue
      if (isTaken(takeRow, row)) {
        row.lineIndex = writer.endLine()
        taken.push(row)
      } else writer.dropLine()
    }
    if (taken.length === 0) return
    const lines: CopyLines = { ...writer.take(), fields, parse }
    for (const row of taken) row.lines = lines
  }
}

/** A transform that throws is called once more by the general way, which ends the import there. */
function isTaken(takeRow: (row: CellRow) => boolean, row: CellRow): boolean {
  try {
    return takeRow(row)
  } catch (error) {
    if (error instanceof LadingError) return false
    throw error
  }
}
