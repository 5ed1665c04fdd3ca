// A column → one step that parses, judges and encodes a cell, from its bytes to the cell of a COPY line.
import { type CellBlock, cellForm } from '../record/cell-block.ts'
import { InvalidValue } from '../value/codec.ts'
import { hasInvisible } from '../value/invisible-notes.ts'
import { holdsInvisible } from '../value/invisible-text.ts'
import type { CellColumn } from './cell-column.ts'
import { isVerbatim } from './is-verbatim.ts'
import type { LineWriter } from './line-writer.ts'

/**
 * Writes a cell. Returns false if the record must go the general way: a value is invalid, is to be noted in the report,
 * or leaves its column to the database.
 */
export type CellStep = (block: CellBlock, from: number, end: number, writer: LineWriter) => boolean

export function cellStep(options: CellColumn): CellStep {
  const anyCell = valueStep(options)
  const isAsIs = isVerbatim(options)
  if (isAsIs === undefined) return anyCell
  return (block, from, end, writer) => {
    const to = end >>> 2
    if ((end & cellForm.special) !== 0 || from === to || !isAsIs(block, from, to)) {
      return anyCell(block, from, end, writer)
    }
    writer.copy(block.bytes, from, to)
    return true
  }
}

/** The step for any value, by the parser, the rules and the encoder of the general way. */
function valueStep({ column, rule, parser, limit, nulls }: CellColumn): CellStep {
  const { field, codec, info } = column
  const { check, emptyIsMissing } = rule
  const isText = field.type.kind === 'text'
  const isTextList = field.type.kind === 'array' && field.type.element === 'text'
  const isTransformed = field.transform !== undefined
  const isPlain = codec.isPlain === true
  // Null in a NOT NULL column stands for the column's default.
  const takesNull = (!field.required || field.nullable) && !info.notNull
  const writeNull = (writer: LineWriter): boolean => {
    if (takesNull) writer.null()
    return takesNull
  }
  return (block, from, end, writer) => {
    const to = end >>> 2
    if (from === to && (end & cellForm.quoted) === 0) return writeNull(writer)
    const text = block.rangeText(from, end)
    if (nulls?.has(text) === true) return writeNull(writer)
    const value = parser.parse(text)
    if (value === null) return writeNull(writer)
    if (value instanceof InvalidValue || (value === '' && emptyIsMissing)) return false
    if (check?.(value) !== undefined || limit?.fits(value) === false) return false
    if (isText && holdsInvisible(value as string, block.isAscii && !isTransformed)) return false
    if (isTextList && (value as unknown[]).some(hasInvisible)) return false
    const copied = codec.toCopy(value as never)
    if (copied === text && (end & cellForm.special) === 0) writer.copy(block.bytes, from, to)
    else writer.text(copied, isPlain)
    return true
  }
}
