// Compares our decoder with csv-parse: on any file both accept or both reject, and read the same cells.
import { Readable } from 'node:stream'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainRecord } from '../../../../../../test-support/decoding.ts'
import { decodeCsv } from '../../../../src/engine/format/csv/decode.ts'
import type { DecodeOptions, Delimiter } from '../../../../src/engine/format/format.ts'
import type { RecordBatch } from '../../../../src/engine/record/record-batch.ts'

const delimiters: readonly Delimiter[] = [',', ';', '\t', '|']

interface WrittenCell {
  /** As written in the file. */
  readonly text: string
  readonly value: string | null
}

const ending = fc.constantFrom('\n', '\r\n', '\r')
const characters = ['a', 'Z', '0', ' ', '-', "'", '\\', '.', 'é', '€', '😀', '\u2028', '\0']

const fileWith = (delimiter: Delimiter) => {
  const piece = fc.constantFrom(...characters, ...delimiters.filter(other => other !== delimiter))
  const bare: fc.Arbitrary<WrittenCell> = fc
    .string({ unit: piece, maxLength: 6 })
    .map(text => ({ text, value: text === '' ? null : text }))
  const quoted: fc.Arbitrary<WrittenCell> = fc
    .string({ unit: fc.oneof(piece, fc.constantFrom('"', delimiter, '\n', '\r', '\r\n')), maxLength: 6 })
    .map(value => ({ text: `"${value.replaceAll('"', '""')}"`, value }))
  return fc.record({
    delimiter: fc.constant(delimiter),
    rows: fc.integer({ min: 2, max: 5 }).chain(width =>
      fc.array(fc.tuple(fc.array(fc.oneof(bare, quoted), { minLength: width, maxLength: width }), ending), {
        minLength: 1,
        maxLength: 12,
      }),
    ),
    blankLines: fc.array(fc.constantFrom('', '', '', '\n', '\r\n\r\n'), { minLength: 12, maxLength: 12 }),
    hasMark: fc.boolean(),
    endsWithLine: fc.boolean(),
  })
}
const file = fc.oneof(...delimiters.map(fileWith))

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 })

test('random well-formed files: the same cells as written, and as csv-parse reads', async () => {
  await fc.assert(
    fc.asyncProperty(
      file,
      sizes,
      async ({ delimiter, rows, blankLines, hasMark, endsWithLine }, chunkSizes) => {
        const lines = rows.map(([cells, end], index) => {
          const isLast = index === rows.length - 1
          const line = cells.map(cell => cell.text).join(delimiter)
          return isLast && !endsWithLine ? line : `${line}${end}${isLast ? '' : blankLines[index]}`
        })
        // CR and LF together are one line ending, and what follows is the same in either case.
        const text = `${hasMark ? '\ufeff' : ''}${lines.join('')}`
        const written = rows.map(([cells]) => cells.map(cell => cell.value))

        const decoded = await decode(Buffer.from(text), chunkSizes, { delimiter })
        const held = written.filter(cells => cells.some(cell => cell !== null))
        expect(decoded.fault).toBe(held.length === 0 ? 'FILE_EMPTY' : undefined)
        expect(decoded.cells).toEqual(held)
        expect(withValues(withoutNull(decoded.cells))).toEqual(withValues(parseWithOracle(text, delimiter)))
      },
    ),
    { numRuns: 1500 },
  )
})

test('random text: accepted by both or by neither', async () => {
  const unit = fc.constantFrom(',', ',', '"', '"', '\n', '\n', '\r', 'a', 'é', ' ')
  const text = fc
    .tuple(fc.constantFrom(...delimiters), fc.string({ unit, minLength: 1, maxLength: 24 }))
    // The delimiter is detected from the header.
    .map(([delimiter, rest]) => ({ delimiter, input: `a,b\n${rest}`.replaceAll(',', delimiter) }))
  let accepted = 0
  await fc.assert(
    fc.asyncProperty(text, sizes, async ({ delimiter, input }, chunkSizes) => {
      const decoded = await decode(Buffer.from(input), chunkSizes)
      const expected = parseWithOracle(input, delimiter)
      if (expected !== undefined) accepted++
      expect(decoded.fault).toBe(expected === undefined ? 'FILE_PARSE_ERROR' : undefined)
      if (expected === undefined) return
      expect(withValues(withoutNull(decoded.cells))).toEqual(withValues(expected))
    }),
    { numRuns: 6000 },
  )
  expect(accepted).toBeGreaterThan(500)
})

test('random text: the same records, positions and fault for any chunks', async () => {
  const unit = fc.constantFrom('sep=', ';', '\t', ',', '"', '"', '\n', '\r', 'a', 'bc', 'é', '😀', '\ufeff')
  const input = fc.oneof(
    fc.string({ unit, maxLength: 24 }).map(text => Buffer.from(text)),
    fc
      .array(
        fc.constantFrom(0x2c, 0x22, 0x0a, 0x0d, 0x61, 0xc3, 0xa9, 0xef, 0xbb, 0xbf, 0xf0, 0x9f, 0x98, 0xff),
        {
          maxLength: 24,
        },
      )
      .map(bytes => Buffer.from(bytes)),
  )
  await fc.assert(
    fc.asyncProperty(
      input,
      sizes,
      fc.integer({ min: 1, max: 12 }),
      async (bytes, chunkSizes, maxRecordBytes) => {
        const whole = await decode(bytes, [Number.MAX_SAFE_INTEGER], { maxRecordBytes })
        expect(await decode(bytes, chunkSizes, { maxRecordBytes })).toEqual(whole)
        expect(await decode(bytes, [1], { maxRecordBytes })).toEqual(whole)
      },
    ),
    { numRuns: 4000 },
  )
})

/** The records that csv-parse reads, or undefined if it rejects the text. */
function parseWithOracle(text: string, delimiter: string): string[][] | undefined {
  try {
    return parse(text, {
      bom: true,
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
    })
  } catch {
    return undefined
  }
}

function withoutNull(cells: readonly (readonly (string | null)[])[]): string[][] {
  return cells.map(record => record.map(cell => cell ?? ''))
}

/** csv-parse does not distinguish an unquoted empty cell from a quoted one, so it cannot identify blank records. */
function withValues(records: readonly string[][] | undefined): readonly string[][] | undefined {
  return records?.filter(cells => cells.length === 1 || cells.some(cell => cell !== ''))
}

/** Header and records, decoded in chunks of the given sizes, repeated in turn. */
async function decode(bytes: Buffer, chunkSizes: readonly number[], options: Partial<DecodeOptions> = {}) {
  const chunks: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const size = chunkSizes[chunks.length % chunkSizes.length] ?? 1
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  const batches: RecordBatch[] = []
  for await (const batch of decodeCsv(Readable.from(chunks), {
    maxRecordBytes: 10_000,
    maxColumns: 20,
    ...options,
  })) {
    batches.push(batch)
  }
  const records = batches.flatMap(batch => batch.records).map(plainRecord)
  const headers = batches.flatMap(batch => (batch.header ? [batch.header] : []))
  return {
    headers,
    cells: [
      ...headers.map(header => header.cells),
      ...records.map(record => record.content as readonly (string | null)[]),
    ],
    records,
    end: batches.at(-1)?.end,
    fault: batches.at(-1)?.fault?.code,
    message: batches.at(-1)?.fault?.message,
  }
}
