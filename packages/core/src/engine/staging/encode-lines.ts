// The rows of a batch → its COPY lines. Rows that are encoded already are passed on as bytes, many at once.
import { copyNull, copyValue, LinePacker } from '../../postgres/copy/copy-text.ts'
import type { TargetColumn, TargetLookupField } from '../catalogue/target.ts'
import type { CopyLines, Row } from '../resource/row.ts'

export type IsAbsent = (row: Row) => boolean

/** Which cells the lines of a batch have. See `StagedBatch`. */
export interface BatchShape {
  readonly rows: readonly Row[]
  readonly columns: readonly { readonly column: TargetColumn }[]
  readonly lookupFields: readonly TargetLookupField[]
  readonly hasPresence: boolean
}

/** @param absenceTests one for each column */
export function encodeLines(
  shape: BatchShape,
  absenceTests: readonly IsAbsent[],
  chunkBytes: number,
): Buffer[] {
  const { rows, columns, hasPresence } = shape
  const packer = new LinePacker(chunkBytes)
  const encode = lineEncoder(shape, absenceTests)
  /** A row that is encoded already gives every column. */
  const presence = Buffer.from(`${'1'.repeat(columns.length)}\t`)
  let index = 0
  while (index < rows.length) {
    const row = rows[index] as Row
    const lines = readyLines(row, shape)
    const count = lines === undefined ? 1 : hasPresence ? 1 : runLength(rows, index)
    if (lines === undefined) packer.add(encode(row))
    else {
      if (hasPresence) packer.addBytes(presence)
      packer.addBytes(linesOf(lines, row.lineIndex ?? 0, count))
    }
    index += count
  }
  return packer.finish()
}

/** The lines of a row if their cells are those of the batch. */
function readyLines({ lines }: Row, { columns, lookupFields }: BatchShape): CopyLines | undefined {
  if (lines === undefined || lookupFields.length > 0 || lines.fields.length !== columns.length)
    return undefined
  for (let index = 0; index < columns.length; index++) {
    if (columns[index]?.column.field !== lines.fields[index]) return undefined
  }
  return lines
}

/** How many rows from `start` on are consecutive lines. */
function runLength(rows: readonly Row[], start: number): number {
  const { lines, lineIndex = 0 } = rows[start] as Row
  let end = start + 1
  for (; end < rows.length; end++) {
    const row = rows[end] as Row
    if (row.lines !== lines || row.lineIndex !== lineIndex + end - start) break
  }
  return end - start
}

function linesOf({ bytes, ends }: CopyLines, first: number, count: number): Buffer {
  return bytes.subarray(first === 0 ? 0 : ends[first - 1], ends[first + count - 1])
}

function lineEncoder(
  { columns, lookupFields, hasPresence }: BatchShape,
  absenceTests: readonly IsAbsent[],
): (row: Row) => string {
  const encoders = [...columns.map(({ column }) => column), ...lookupFields].map(encoder)
  const first = hasPresence ? 1 : 0
  // Reuses one array and joins it once per row: concatenating cells would create a string for each step.
  const cells = new Array<string>(first + encoders.length)
  return row => {
    if (hasPresence) cells[0] = absenceTests.map(isAbsent => (isAbsent(row) ? '0' : '1')).join('')
    const { values } = row
    for (let index = 0; index < encoders.length; index++)
      cells[first + index] = encoders[index]?.(values) ?? copyNull
    return cells.join('\t')
  }
}

function encoder({
  field,
  codec,
}: Pick<TargetColumn, 'field' | 'codec'>): (values: readonly unknown[]) => string {
  const { index } = field
  const escapeText = codec.isPlain === true ? (text: string) => text : copyValue
  return values => {
    const value = values[index]
    // Staged values come from the codec's own parser, so they have the type that it encodes.
    return value === undefined || value === null ? copyNull : escapeText(codec.toCopy(value as never))
  }
}
