// Rows through the loop on the server, and what it says of them.
import { LadingError } from '../../../errors/lading-error.ts'
import type { Row } from '../../resource/row.ts'
import type { Questions } from './classify-sql.ts'
import type { ConstraintFailure } from './constraint-failure.ts'
import type { MergeContext } from './merge-context.ts'
import { outcomeSql, type RowByRowOutcome, serialSql } from './row-by-row-sql.ts'

/** @param rows all of the batch if absent */
export async function runSerially(
  { client, target, staging, batch, onConflict, sequences, recall }: MergeContext,
  questions: Questions,
  rows?: readonly number[],
): Promise<RowByRowOutcome> {
  const inLoop = sequences.inLoop(batch)
  const some = rows === undefined ? {} : { rows }
  await client.query(serialSql({ target, staging, batch, questions, onConflict, inLoop, ...some }))
  const left = await client.query(outcomeSql)
  sequences.hear(left)
  // The loop builds exactly this shape.
  const outcome = left.rows[0]?.outcome as RowByRowOutcome
  await recall?.([...outcome.rejections, ...outcome.refusals].map(({ row }) => row))
  return outcome
}

export function refusedRow({ batch }: MergeContext, { row: number }: ConstraintFailure): Row {
  const row = batch.rows[number]
  if (row !== undefined) return row
  throw new LadingError('INTERNAL', 'The database refused a row that was never sent.')
}
