// Stage: encoded batches → merged batches, on several connections. A batch is copied while the one before it is still open;
// they commit in the order of the file, each after the one before it has been reported.
import { defaults } from '../../../config/defaults.ts'
import { LadingError } from '../../../errors/lading-error.ts'
import { prefetch } from '../../../util/prefetch.ts'
import { BatchOrder, type BatchTurn } from '../../staging/batch-order.ts'
import type { MergeOutcome } from '../../staging/merge/batch-outcome.ts'
import type { StagingConnection } from '../../staging/staging-connection.ts'
import type { ImportBatch, MergedBatch } from './batches.ts'

export interface MergeInOrderOptions {
  readonly signal: AbortSignal
  /** SQL that records a batch in its transaction. Called in its turn: every earlier batch has been taken. */
  readonly record: ((batch: ImportBatch, outcome: MergeOutcome) => string) | undefined
  /** Stops reading the source, for a run that ends before it. */
  readonly stopReading: () => void
}

type Next = { readonly batch: IteratorResult<ImportBatch> } | { readonly fault: unknown }

/**
 * Every committed batch is yielded, and no batch commits before the one before it was taken: a consumer that stops knows
 * all that is in the table.
 */
export async function* mergeInOrder(
  batches: AsyncIterable<ImportBatch>,
  connections: readonly StagingConnection[],
  { signal, record, stopReading }: MergeInOrderOptions,
): AsyncGenerator<MergedBatch> {
  const order = new BatchOrder()
  const source = prefetch(batches, defaults.batchesAhead)
  /** Batches that have begun, in their order. */
  const open: Promise<MergedBatch>[] = []
  let begun = 0
  let taken = 0
  const begin = (batch: ImportBatch): void => {
    const connection = connections[begun % connections.length] as StagingConnection
    const merged = mergeOne(connection, batch, order.turn(begun++), record)
    // Awaited below; until then a rejection must not count as unhandled.
    merged.catch(() => undefined)
    open.push(merged)
  }
  const read = (): Promise<Next> =>
    source.next().then(
      batch => ({ batch }),
      fault => ({ fault }),
    )
  let next = read()
  let last: Next | undefined
  try {
    for (;;) {
      const [first] = open
      const isReady =
        last === undefined &&
        open.length < connections.length &&
        (first === undefined || (await isFirst(next, first)))
      if (isReady) {
        const arrived = await next
        if ('fault' in arrived || arrived.batch.done === true) last = arrived
        else {
          signal.throwIfAborted()
          begin(arrived.batch.value)
          next = read()
        }
      } else if (first === undefined) break
      else {
        yield await first
        open.shift()
        signal.throwIfAborted()
        order.done(taken++)
      }
    }
    if (last !== undefined && 'fault' in last) throw last.fault
  } finally {
    order.end()
    await Promise.allSettled(open)
    // A source that waits could not be closed otherwise.
    stopReading()
    await source.return(undefined)
  }
}

async function mergeOne(
  connection: StagingConnection,
  batch: ImportBatch,
  turn: BatchTurn,
  record: MergeInOrderOptions['record'],
): Promise<MergedBatch> {
  const recorder = record && ((outcome: MergeOutcome) => record(batch, outcome))
  const outcome = await connection.merge(batch.staged, batch.invalid, recorder, turn)
  if (outcome === undefined) throw new LadingError('INTERNAL', 'A batch without a recorder was rolled back.')
  return { ...batch, outcome }
}

/** True if `one` settles before `other`. */
function isFirst(one: Promise<unknown>, other: Promise<unknown>): Promise<boolean> {
  const settled = (first: boolean) => () => first
  return Promise.race([one.then(settled(true), settled(true)), other.then(settled(false), settled(false))])
}
