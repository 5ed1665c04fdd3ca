// How decoders end: a consumer that stops closes the source, and an error of the source is passed on.
import { describe, expect, test } from 'vitest'
import { csv } from '../../../src/engine/format/csv/csv-format.ts'
import { json } from '../../../src/engine/format/json/json-format.ts'
import { ndjson } from '../../../src/engine/format/ndjson/ndjson-format.ts'
import type { RecordBatch } from '../../../src/engine/record/record-batch.ts'

const options = { maxRecordBytes: 1024, maxColumns: 10 }

function sourceOf(lines: string[], error?: Error) {
  const log = { given: 0, closed: 0 }
  async function* source() {
    try {
      for (const line of lines) {
        log.given++
        yield Buffer.from(line)
      }
      if (error !== undefined) throw error
    } finally {
      log.closed++
    }
  }
  return { source: source(), log }
}

describe.each([
  ['csv', csv, ['a,b\n', '1,2\n', '3,4\n', '5,6\n']],
  ['ndjson', ndjson, ['{"a":1}\n', '{"a":2}\n', '{"a":3}\n', '{"a":4}\n']],
  ['json', json, ['[{"a":1},', '{"a":2},', '{"a":3},', '{"a":4}]']],
] as const)('%s', (_, format, lines) => {
  test('a consumer that stops closes the source', async () => {
    const { source, log } = sourceOf([...lines])
    for await (const batch of format.decode(source, options)) if (batch.records.length > 0) break
    expect(log.closed).toBe(1)
    expect(log.given).toBeLessThan(lines.length)
  })

  test('a consumer that throws closes the source', async () => {
    const { source, log } = sourceOf([...lines])
    const consume = async () => {
      for await (const batch of format.decode(source, options))
        if (batch.records.length > 0) throw new Error('full')
    }
    await expect(consume()).rejects.toThrow('full')
    expect(log.closed).toBe(1)
  })

  test('an error of the source is thrown unchanged, after the records before it', async () => {
    const { source, log } = sourceOf([...lines], new Error('gone'))
    const batches: RecordBatch[] = []
    const consume = async () => {
      for await (const batch of format.decode(source, options)) batches.push(batch)
    }
    await expect(consume()).rejects.toThrow('gone')
    expect(batches.flatMap(batch => batch.records).length).toBeGreaterThan(1)
    expect(log.closed).toBe(1)
  })

  test('each run is independent', async () => {
    const read = async () => {
      const batches: RecordBatch[] = []
      for await (const batch of format.decode(sourceOf([...lines]).source, options)) batches.push(batch)
      return batches
    }
    expect(await Promise.all([read(), read()])).toEqual([await read(), await read()])
  })
})

test('a fault of a CSV file closes the source: nothing after it is read', async () => {
  const { source, log } = sourceOf(['a,b\n', 'x"y,2\n', '3,4\n', '5,6\n'])
  const batches: RecordBatch[] = []
  for await (const batch of csv.decode(source, options)) batches.push(batch)
  expect(batches.at(-1)?.fault?.code).toBe('FILE_PARSE_ERROR')
  expect(log).toEqual({ given: 2, closed: 1 })
})
