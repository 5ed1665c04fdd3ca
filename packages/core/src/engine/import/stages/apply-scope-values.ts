// Stage: typed rows → the same rows, with the values that the caller's scope fixes, whatever the file contains.
import { isFixed } from '../../catalogue/scope-tests.ts'
import type { Target, TargetColumn } from '../../catalogue/target.ts'
import type { Field } from '../../resource/field.ts'
import type { Row } from '../../resource/row.ts'
import type { RowBatch } from '../../resource/row-batch.ts'
import { InvalidValue, printValue } from '../../value/codec.ts'

/** The fields that the scope fixes. */
export function fixedFields({ scope }: Target): readonly Field[] {
  return scope.map(({ column }) => column.field)
}

/** A value that the file must not have is replaced by the reason, like a value that could not be parsed. */
export function applyScopeValues(batches: AsyncIterable<RowBatch>, target: Target): AsyncIterable<RowBatch> {
  const steps = stepsOf(target)
  return steps.length === 0 ? batches : applySteps(batches, steps)
}

type Step = (row: Row) => void

async function* applySteps(
  batches: AsyncIterable<RowBatch>,
  steps: readonly Step[],
): AsyncGenerator<RowBatch> {
  for await (const batch of batches) {
    for (const row of batch.rows) if (row.errors === undefined) for (const step of steps) step(row)
    yield batch
  }
}

function stepsOf({ scope, references }: Target): Step[] {
  const fixSteps = scope.map(({ column, values: [value] }) => fix(column, value))
  const rejectSteps = references.flatMap(reference => {
    const fixed = reference.scope.filter(isFixed).map(({ column }) => column.info.name)
    return reference.lookupFields
      .filter(({ scopedBy }) => !scopedBy.every(name => fixed.includes(name)))
      .map(({ field }) => rejectAmbiguous(field, reference.column.field))
  })
  return [...fixSteps, ...rejectSteps]
}

const otherValue = new InvalidValue(
  'SCOPE_VIOLATION',
  'must be left out, or have the only value allowed in this import',
)

function fix({ field, codec }: TargetColumn, value: unknown): Step {
  const text = printValue(codec, value, 'text')
  return row => {
    const fileValue = row.values[field.index]
    const isAbsent = fileValue === undefined || fileValue === null
    const isSame =
      isAbsent || (!(fileValue instanceof InvalidValue) && printValue(codec, fileValue, 'text') === text)
    if (!isSame) keepFileValue(row, field, fileValue)
    row.values[field.index] = isSame ? value : otherValue
  }
}

/** Several rows may match the lookup field, for a caller that sees the rows of several owners. */
function rejectAmbiguous(field: Field, referenceField: Field): Step {
  const ambiguous = new InvalidValue(
    undefined,
    `may match several rows here; give "${referenceField.name}" instead`,
  )
  return row => {
    const fileValue = row.values[field.index]
    if (fileValue === undefined || fileValue === null || fileValue instanceof InvalidValue) return
    keepFileValue(row, field, fileValue)
    row.values[field.index] = ambiguous
  }
}

/** Reports show the value in the file. */
function keepFileValue(row: Row, field: Field, fileValue: unknown): void {
  row.originals ??= new Map()
  if (!row.originals.has(field.index)) row.originals.set(field.index, fileValue)
}
