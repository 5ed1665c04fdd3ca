// Stage: typed rows → the same rows, with the values that the caller's scope fixes, whatever the file says.
import { isFixed } from '../../catalogue/scope-tests.ts'
import type { Target, TargetColumn } from '../../catalogue/target.ts'
import type { Field } from '../../resource/field.ts'
import type { Row } from '../../resource/row.ts'
import type { RowBatch } from '../../resource/row-batch.ts'
import { InvalidValue, shown } from '../../value/codec.ts'

/** The fields that the scope fixes. */
export function fixedFields({ scope }: Target): readonly Field[] {
  return scope.map(({ column }) => column.field)
}

/** A value that the file must not give becomes the reason, as one does that could not be parsed. */
export function applyScopeValues(batches: AsyncIterable<RowBatch>, target: Target): AsyncIterable<RowBatch> {
  const steps = stepsOf(target)
  return steps.length === 0 ? batches : forced(batches, steps)
}

type Step = (row: Row) => void

async function* forced(batches: AsyncIterable<RowBatch>, steps: readonly Step[]): AsyncGenerator<RowBatch> {
  for await (const batch of batches) {
    for (const row of batch.rows) if (row.errors === undefined) for (const step of steps) step(row)
    yield batch
  }
}

function stepsOf({ scope, references }: Target): Step[] {
  const fixing = scope.map(({ column, values: [value] }) => fix(column, value))
  const refusing = references.flatMap(reference => {
    const fixed = reference.scope.filter(isFixed).map(({ column }) => column.info.name)
    return reference.standIns
      .filter(({ scopedBy }) => !scopedBy.every(name => fixed.includes(name)))
      .map(({ field }) => refuse(field, reference.column.field))
  })
  return [...fixing, ...refusing]
}

const otherValue = new InvalidValue(
  'SCOPE_VIOLATION',
  'must be left out, or have the one value that it may have in this import',
)

function fix({ field, codec }: TargetColumn, value: unknown): Step {
  const text = shown(codec, value, 'text')
  return row => {
    const given = row.values[field.index]
    const isNone = given === undefined || given === null
    const isSame = isNone || (!(given instanceof InvalidValue) && shown(codec, given, 'text') === text)
    if (!isSame) note(row, field, given)
    row.values[field.index] = isSame ? value : otherValue
  }
}

/** Many rows may have that name, for a caller that sees those of several owners. */
function refuse(field: Field, standsFor: Field): Step {
  const several = new InvalidValue(
    undefined,
    `may name several rows here; give "${standsFor.name}" in its place`,
  )
  return row => {
    const given = row.values[field.index]
    if (given === undefined || given === null || given instanceof InvalidValue) return
    note(row, field, given)
    row.values[field.index] = several
  }
}

/** Reports show what stands in the file. */
function note(row: Row, field: Field, given: unknown): void {
  row.given ??= new Map()
  if (!row.given.has(field.index)) row.given.set(field.index, given)
}
