// Resuming: decoding from the offset of a record, or from the end of a batch, gives the remaining records.
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainRecord } from '../../../../../../test-support/decoding.ts'
import { decodeCsv } from '../../../../src/engine/format/csv/decode.ts'
import type { RecordBatch } from '../../../../src/engine/record/record-batch.ts'

const files: [name: string, text: string][] = [
  ['LF', 'a,b\n1,2\n"x\ny",""\n,\n5,6'],
  ['CR LF', 'a,b\r\n1,2\r\n"x\r\ny",""\r\n\r\n5,6\r\n'],
  ['CR', 'a,b\r1,2\r"x\ry",""\r\r5,6\r'],
  ['mixed endings and characters', '\ufeffé,😀\r\n1,€\n\n"é\r😀",2\r\r\nx,y\n\r'],
  ['a single column', 'a\n\n1\n""\n\n'],
  ['a single column with CR LF', 'a\r\n\r\n1\r\n""\r\n\r\n'],
  ['a single column with CR', 'a\r\r1\r""\r\r'],
]

describe.each(files)('%s', (_, text) => {
  const bytes = Buffer.from(text)

  test('from the offset of each record', async () => {
    const { records } = await decodeAll([bytes])
    expect(records.length).toBeGreaterThan(1)
    for (const [index, record] of records.entries()) {
      const rest = await decodeRest(bytes, record.offset)
      expect(rest, `from byte ${record.offset}`).toEqual(places(records.slice(index), record.offset))
    }
  })

  test('from the end of each batch, with the number of lines before it', async () => {
    const { records } = await decodeAll([bytes])
    for (const chunks of cuttings(bytes)) {
      const { batches } = await decodeAll(chunks)
      let seen = 0
      let skipped = 0
      for (const { records: ofBatch, end, header, notes = [] } of batches) {
        seen += ofBatch.length
        for (const { count = 0 } of notes) skipped += count
        if (seen === 0 && header === undefined && !batches[0]?.header) continue
        const from = `chunks of ${chunks.map(chunk => chunk.length)}, byte ${end.byte}`
        expect(await decodeRest(bytes, end.byte), from).toEqual(places(records.slice(seen), end.byte))
        expect(end.rowNumber, from).toBe(seen + skipped + 1)
        expect(end.line, from).toBe(lineEndings(bytes.subarray(0, end.byte).toString()))
      }
    }
  })
})

test('from the offset of each record of random files', async () => {
  const cell = fc.oneof(
    fc.constantFrom('', '""', '"\r\n"', '"a""b"', 'é', '😀', '"\n,\r"'),
    fc.stringMatching(/^[a-z0-9]{1,4}$/),
  )
  const line = fc.tuple(cell, cell, fc.constantFrom('\n', '\r\n', '\r', '\n\n', '\r\r\n'))
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 8 }), fc.nat(), async (lines, nat) => {
      const bytes = Buffer.from(`a,b\n${lines.map(([a, b, end]) => `${a},${b}${end}`).join('')}`)
      const { records } = await decodeAll([bytes])
      expect(records).toHaveLength(lines.filter(([a, b]) => a !== '' || b !== '').length)
      const index = nat % Math.max(records.length, 1)
      const offset = records[index]?.offset ?? bytes.length
      expect(await decodeRest(bytes, offset)).toEqual(places(records.slice(index), offset))
    }),
    { numRuns: 300 },
  )
})

/** The rest of the file after `offset`, with a header of as many columns in front. */
async function decodeRest(bytes: Buffer, offset: number) {
  const { header } = await decodeAll([bytes])
  const before = Buffer.from(`${header?.map((_, index) => `c${index}`).join(',')}\n`)
  const { records } = await decodeAll([before, bytes.subarray(offset)])
  return places(records, before.length)
}

/** Records relative to byte `origin`. Row and line numbers continue from a checkpoint, so they are left out. */
function places(records: RecordBatch['records'], origin: number) {
  return records.map(({ offset, length, raw, content }) => ({
    offset: offset - origin,
    length,
    raw,
    content,
  }))
}

function lineEndings(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0
}

function* cuttings(bytes: Buffer): Generator<readonly Buffer[]> {
  yield Array.from(bytes, (_, index) => bytes.subarray(index, index + 1))
  for (let at = 1; at < bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)]
}

async function decodeAll(chunks: readonly Buffer[]) {
  const batches: RecordBatch[] = []
  for await (const batch of decodeCsv(Readable.from(chunks), { maxRecordBytes: 1024, maxColumns: 50 })) {
    batches.push(batch)
  }
  expect(batches.at(-1)?.fault).toBeUndefined()
  return {
    batches,
    header: batches.find(batch => batch.header !== undefined)?.header?.cells,
    records: batches.flatMap(batch => batch.records).map(plainRecord),
  }
}
