// Objects that a program already has → record batches, as a decoder would have made them.
import { LadingError } from '../../errors/lading-error.ts'
import { turn } from '../../util/event-loop.ts'
import { untilAborted } from '../../util/until-aborted.ts'
import type { RecordBatch } from '../record/record-batch.ts'
import type { SourceRecord } from '../record/source-record.ts'

/** Objects by field name, with the values that JSON has. Of any type: an interface has no index signature. */
export type ObjectSource = AsyncIterable<object> | Iterable<object>

const objectsPerBatch = 500

/**
 * Batches of records, numbered from 1. A turn of the event loop between two of them, for sources that never wait.
 * Aborting ends it at once, also while the source is silent.
 */
export async function* recordsOfObjects(
  objects: ObjectSource,
  signal: AbortSignal,
): AsyncGenerator<RecordBatch> {
  let records: SourceRecord[] = []
  let ordinal = 0
  const take = (): RecordBatch => {
    const batch = { records, end: { byte: 0, rowNumber: ordinal, line: ordinal } }
    records = []
    return batch
  }
  for await (const object of untilAborted(objects, signal)) {
    if (typeof object === 'string' || object instanceof Uint8Array) {
      throw new LadingError(
        'OPTION_INVALID',
        'The source yields bytes or text and not objects; say which format they are in.',
      )
    }
    ordinal++
    records.push(recordOf(object, ordinal))
    if (records.length < objectsPerBatch) continue
    yield take()
    await turn()
  }
  yield take()
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
      : { code: 'NOT_AN_OBJECT', message: 'The item is no object; each must be one, by field name.' },
  }
}
