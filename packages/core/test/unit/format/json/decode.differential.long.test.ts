// Compares our splitter with JSON.parse: both accept or both reject an array, with the same elements.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeChunks } from '../../../../../../test-support/decoding.ts'
import { decodeJson } from '../../../../src/engine/format/json/decode.ts'

const options = { maxRecordBytes: 10_000, maxColumns: 500 }
const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 10 })

test('random arrays of objects', async () => {
  const value = fc.jsonValue({ maxDepth: 3, noUnicodeString: false })
  const element = fc.dictionary(
    fc.string().filter(key => key !== '__proto__'),
    value,
    { maxKeys: 4 },
  )
  const space = fc.constantFrom(0, 1, 2, '\t')
  await fc.assert(
    fc.asyncProperty(
      fc.array(element, { maxLength: 6 }),
      space,
      sizes,
      async (elements, indent, chunkSizes) => {
        const bytes = Buffer.from(JSON.stringify(elements, null, indent))
        const decoded = await decode(bytes, chunkSizes)
        expect(decoded.fault).toBeUndefined()
        // Once more through JSON, which has no -0.
        expect(decoded.records.map(record => record.content)).toEqual(JSON.parse(bytes.toString()))
        for (const { offset, length, raw } of decoded.records) {
          expect(bytes.toString('utf8', offset, offset + length)).toBe(raw)
        }
      },
    ),
    { numRuns: 1000 },
  )
})

test('random text: accepted by both or by neither, and the same for any chunks', async () => {
  const unit = fc.constantFrom(
    ...['[', ']', '{', '}', ',', ':', '"', '"a"', '"a":1', '1', '0', '-', '.5', 'e3', 'true', 'null'],
    ...['\\', '\\u00e9', 'é', ' ', '\n', '\t', '\f', '{}', '{"a":[1]}', ',{}', ',{}'],
  )
  const text = fc.string({ unit, maxLength: 12 }).map(inner => `[{},${inner}]`)
  let accepted = 0
  await fc.assert(
    fc.asyncProperty(text, sizes, async (input, chunkSizes) => {
      const bytes = Buffer.from(input)
      const whole = await decode(bytes, [bytes.length])
      expect(await decode(bytes, chunkSizes)).toEqual(whole)
      expect(await decode(bytes, [1])).toEqual(whole)
      const expected = parsed(input)
      expect(whole.fault === undefined).toBe(expected !== undefined)
      if (expected === undefined) return
      accepted++
      expect(whole.records.map(({ raw }) => JSON.parse(raw))).toEqual(expected)
    }),
    { numRuns: 6000 },
  )
  expect(accepted).toBeGreaterThan(100)
})

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function decode(bytes: Buffer, chunkSizes: readonly number[]) {
  const chunks: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const size = chunkSizes[chunks.length % chunkSizes.length] ?? 1
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return decodeChunks(decodeJson, chunks, options)
}
