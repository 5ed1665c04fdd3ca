// A row of CSV whose values are made when they are asked for: most rows reach the table as the bytes that they were.
import type { RecordError } from '../../../errors/record-error.ts'
import type { CellRecord } from '../../record/cell-block.ts'
import type { Field } from '../field.ts'
import type { CopyLines, Row } from '../row.ts'

/** How the cells of a file become the values of a row. */
export interface CellShape {
  /** For each column of the file, the field that it fills; undefined if the column is not imported. */
  readonly columns: readonly (Field | undefined)[]
  /** Count of the fields that a file may fill. */
  readonly width: number
}

export class CellRow implements Row {
  errors: RecordError[] | undefined = undefined
  lines: CopyLines | undefined = undefined
  lineIndex = 0
  private given: unknown[] | undefined = undefined
  private changed: Map<number, unknown> | undefined = undefined

  constructor(
    readonly source: CellRecord,
    readonly shape: CellShape,
  ) {}

  get values(): unknown[] {
    return this.given ?? this.read()
  }

  get originals(): Map<number, unknown> | undefined {
    if (this.given === undefined) this.read()
    return this.changed
  }

  set originals(originals: Map<number, unknown> | undefined) {
    this.changed = originals
  }

  private read(): unknown[] {
    const { columns, width } = this.shape
    const { block, firstCell, cellCount } = this.source
    const values = new Array<unknown>(width).fill(undefined)
    for (let index = 0; index < cellCount; index++) {
      const field = columns[index]
      if (field !== undefined) values[field.index] = block.cellText(firstCell + index)
    }
    this.given = values
    this.lines?.parse(this)
    return values
  }
}
