// Objects in memory → record batches, as from a decoder.
import { LadingError } from '../../errors/lading-error.ts'
import { yieldToEventLoop } from '../../util/event-loop.ts'
import { untilAborted } from '../../util/until-aborted.ts'
import type { RecordBatch } from '../record/record-batch.ts'
import type { SourceRecord } from '../record/source-record.ts'

/** Objects keyed by field name, with JSON values. The type is `object`, because interfaces have no index signature. */
export type ObjectSource = AsyncIterable<object> | Iterable<object>

const objectsPerBatch = 500

/**
 * Yields batches of records, numbered from 1. It yields to the event loop between batches, for sources that never wait.
 * Aborting ends it at once, even while the source is waiting.
 *
 * @throws LadingError `OPTION_INVALID` if the source yields bytes or text, or the reason of the signal
 */
export async function* recordsOfObjects(
  objects: ObjectSource,
  signal: AbortSignal,
): AsyncGenerator<RecordBatch> {
  let records: SourceRecord[] = []
  let ordinal = 0
  const takeBatch = (): RecordBatch => {
    const batch = { records, end: { byte: 0, rowNumber: ordinal, line: ordinal } }
    records = []
    return batch
  }
  for await (const object of untilAborted(objects, signal)) {
    if (typeof object === 'string' || object instanceof Uint8Array) {
      throw new LadingError(
        'OPTION_INVALID',
        'The source yields bytes or text, not objects; name their format.',
      )
    }
    ordinal++
    records.push(recordOf(object, ordinal))
    if (records.length < objectsPerBatch) continue
    yield takeBatch()
    await yieldToEventLoop()
  }
  yield takeBatch()
}

function recordOf(object: unknown, ordinal: number): SourceRecord {
  const isObject = typeof object === 'object' && object !== null && !Array.isArray(object)
  return {
    rowNumber: ordinal,
    line: ordinal,
    offset: 0,
    length: 0,
    raw: '',
    content: isObject ? (object as Record<string, unknown>) : undefined,
    problem: isObject
      ? undefined
      : {
          code: 'NOT_AN_OBJECT',
          message: 'The item is not an object; each item must be an object keyed by field name.',
        },
  }
}
