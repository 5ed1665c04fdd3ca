// For any file: decoding from any position that a run has reached gives exactly the output that followed it in that run.
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainRecord } from '../../../../../test-support/decoding.ts'
import type { DecodeOptions } from '../../../src/engine/format/format.ts'
import { formatByName } from '../../../src/engine/format/formats.ts'
import type { Header, Position, RecordBatch } from '../../../src/engine/record/record-batch.ts'
import type { SourceRecord } from '../../../src/engine/record/source-record.ts'

const runs = Number(process.env.LADING_JUDGE_RUNS ?? 300)
const limits = { maxRecordBytes: 40, maxColumns: 4 }
const mark = '\ufeff'

/** Pieces of CSV in any order: most files are broken somewhere, and all positions before that are tested. */
const csvFile = fc
  .tuple(
    fc.constantFrom('', mark),
    fc.constantFrom('', '\n', '\r\n\r'),
    fc.constantFrom('', 'sep=;\r\n', 'sep=|\n', '"sep=,"\r'),
    fc.constantFrom('a', 'a,b', 'é;😀', '"a\tb"\tc', 'a|"b\r\n|"|c'),
    fc.array(
      fc.oneof(
        {
          weight: 6,
          arbitrary: fc.constantFrom('\n', '\r\n', '\r', ',', ';', '\t', '|', 'x', 'é', '😀', mark),
        },
        {
          weight: 3,
          arbitrary: fc.constantFrom('"x"', '""', '"\r\n"', '"é""\n,"', '\n\n', '\r\r\n', '\n,,\n'),
        },
        { weight: 1, arbitrary: fc.constantFrom('"', 'x'.repeat(41), '"x"y', '\ufffe') },
      ),
      { maxLength: 40 },
    ),
  )
  .map(([bom, blank, directive, header, rest]) => `${bom}${blank}${directive}${header}\n${rest.join('')}`)

const objects = [
  '{}',
  '{"a":1}',
  '{"é":"😀"}',
  '{"a":"\\n"}',
  '{"a":\r\n[1,\n2]}',
  '1',
  '"x"',
  '[{}]',
  'null',
]
const hostile = ['{', '}', '{"a":1,"a":2}', `{"a":"${'x'.repeat(40)}"}`, 'nul', '"\n"', mark]

const ndjsonFile = fc
  .tuple(
    fc.constantFrom('', mark),
    fc.array(
      fc.tuple(fc.constantFrom('', ' ', ...objects, ...hostile), fc.constantFrom('\n', '\r\n', '\r', '')),
    ),
  )
  .map(([bom, lines]) => bom + lines.flat().join(''))

const jsonFile = fc
  .tuple(
    fc.constantFrom('', mark, ' \n'),
    fc.array(
      fc.tuple(
        fc.constantFrom('', ' ', '\n', '\r\n\t'),
        fc.oneof(
          { weight: 30, arbitrary: fc.constantFrom(...objects) },
          { weight: 1, arbitrary: fc.constantFrom('', ...hostile) },
        ),
        fc.constantFrom('', ' ', '\n\n'),
        fc.oneof(
          { weight: 30, arbitrary: fc.constant(',') },
          { weight: 1, arbitrary: fc.constantFrom('', ' ', ']', ',,') },
        ),
      ),
      { maxLength: 12 },
    ),
    fc.constantFrom('{}]', '{}]\n', '{} ] \n', ']', '] x', '{}', '{', ''),
  )
  .map(([before, elements, end]) => `${before}[${elements.flat().join('')}${end}`)

/** Text as bytes, with some of them corrupted. */
const bytesOf = (file: fc.Arbitrary<string>) =>
  fc.tuple(file, fc.option(fc.nat(), { freq: 8 })).map(([text, at]) => {
    const bytes = Buffer.from(text)
    if (at !== null && bytes.length > 0) bytes[at % bytes.length] = 0xff
    return bytes
  })

const file = { csv: csvFile, ndjson: ndjsonFile, json: jsonFile }

describe.each(['csv', 'ndjson', 'json'] as const)('%s', format => {
  test(
    'from the end of each batch, and from the beginning of each record',
    async () => {
      let places = 0
      await fc.assert(
        fc.asyncProperty(bytesOf(file[format]), fc.integer({ min: 1, max: 9 }), async (bytes, size) => {
          const whole = await read(format, [bytes])
          // Such a file is rejected as a whole, based on its first lines.
          if (format === 'ndjson' && whole.fault !== undefined) return
          const { batches } = await read(format, cut(bytes, size))
          for (const { position, header } of placesIn(batches, whole.records)) {
            if (format === 'csv' && header === undefined) continue
            places++
            const rest = await read(format, cut(bytes.subarray(position.byte), size), { position, header })
            const from = `from ${JSON.stringify(position)} of ${JSON.stringify(bytes.toString())}`
            expect(rest.records, from).toEqual(after(whole.records, position))
            expect(rest.fault, from).toEqual(whole.fault)
            expect(rest.end, from).toEqual(whole.end)
            expect(rest.header, from).toEqual(header)
          }
        }),
        { numRuns: runs },
      )
      // Some files have no position to resume from, and most have several.
      expect(places).toBeGreaterThan(runs / 2)
    },
    30_000 + 20 * runs,
  )
})

test('what looks like a byte order mark is data in the middle of a file', async () => {
  const bytes = Buffer.from(`a\n1\n${mark}2\n`)
  const { header } = await read('csv', [bytes])
  const { records } = await read('csv', [bytes.subarray(4)], {
    position: { byte: 4, rowNumber: 2, line: 2 },
    header,
  })
  expect(records).toMatchObject([{ rowNumber: 3, line: 3, offset: 4, content: [`${mark}2`] }])
})

test('elements with nothing between them are not an array, also after resuming', async () => {
  const bytes = Buffer.from('[{}{}]')
  const { batches } = await read('json', [bytes.subarray(0, 3), bytes.subarray(3)])
  const end = batches[0]?.end
  expect(end).toEqual({ byte: 3, rowNumber: 1, line: 0, expects: 'comma' })
  if (end === undefined) return
  const { records, fault } = await read('json', [bytes.subarray(3)], { position: end })
  expect(records).toEqual([])
  expect(fault).toContain('Element 1 is followed by neither a comma')
})

test('a CSV file cannot resume before its header', async () => {
  const position: Position = { byte: 0, rowNumber: 0, line: 0 }
  await expect(read('csv', [Buffer.from('a\n1\n')], { position })).rejects.toMatchObject({ code: 'INTERNAL' })
})

/** Every position to resume from, with the header if it is before that position. */
function* placesIn(batches: readonly RecordBatch[], records: readonly SourceRecord[]) {
  let header: Header | undefined
  for (const batch of batches) {
    header = batch.header ?? header
    yield { position: batch.end, header }
  }
  for (const [index, { offset: byte, line, rowNumber }] of records.entries()) {
    const last = records[index - 1]
    // In a CSV file, a skipped blank record in between is the position to resume from.
    if (last === undefined || (header !== undefined && rowNumber > last.rowNumber + 1)) continue
    yield { position: { byte, rowNumber: last.rowNumber, line: line - 1 }, header }
  }
}

function after(records: readonly SourceRecord[], { rowNumber }: Position): readonly SourceRecord[] {
  return records.filter(record => record.rowNumber > rowNumber)
}

function cut(bytes: Buffer, size: number): readonly Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size))
  return chunks
}

async function read(format: string, chunks: readonly Buffer[], from?: DecodeOptions['resumeFrom']) {
  const batches: RecordBatch[] = []
  for await (const batch of formatByName(format).decode(Readable.from(chunks), {
    ...limits,
    resumeFrom: from,
  })) {
    batches.push(batch)
  }
  const last = batches.at(-1)
  return {
    batches,
    header: batches.find(batch => batch.header !== undefined)?.header,
    records: batches.flatMap(batch => batch.records).map(plainRecord),
    fault: last?.fault && `${last.fault.code}: ${last.fault.message}`,
    end: last?.end,
  }
}
