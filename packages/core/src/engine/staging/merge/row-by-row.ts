// Runs the row-by-row loop on the server and returns its outcome.
import { LadingError } from '../../../errors/lading-error.ts'
import type { Row } from '../../resource/row.ts'
import type { MergeChecks } from './classify-sql.ts'
import type { ConstraintFailure } from './constraint-failure.ts'
import type { MergeContext } from './merge-context.ts'
import { outcomeSql, type RowByRowOutcome, serialSql } from './row-by-row-sql.ts'

/** @param rows numbers of the rows to merge. @defaultValue all rows of the batch */
export async function runSerially(
  { client, target, staging, batch, onConflict, sequences, recall }: MergeContext,
  questions: MergeChecks,
  rows?: readonly number[],
): Promise<RowByRowOutcome> {
  const inLoop = sequences.inLoop(batch)
  const subset = rows === undefined ? {} : { rows }
  await client.query(serialSql({ target, staging, batch, questions, onConflict, inLoop, ...subset }))
  const result = await client.query(outcomeSql)
  sequences.handleResult(result)
  // The loop builds exactly this shape.
  const outcome = result.rows[0]?.outcome as RowByRowOutcome
  await recall?.([...outcome.rejections, ...outcome.refusals].map(({ row }) => row))
  return outcome
}

export function failedRow({ batch }: MergeContext, { row: number }: ConstraintFailure): Row {
  const row = batch.rows[number]
  if (row !== undefined) return row
  throw new LadingError('INTERNAL', 'The database rejected a row that was never sent.')
}
