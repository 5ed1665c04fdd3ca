// Objects by line → one array: valid JSON for any chunks.
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { frameArray } from '../../../../src/engine/format/json/array-framing.ts'

const framed = async (chunks: readonly Buffer[]) =>
  (await buffer(Readable.from(frameArray(Readable.from(chunks))))).toString()

test.each<[name: string, lines: string, array: string]>([
  ['no line', '', '[]'],
  ['one line', '{"a":1}\n', '[{"a":1}]\n'],
  ['two lines', '{"a":1}\n{"a":"é😀"}\n', '[{"a":1},\n{"a":"é😀"}]\n'],
])('%s', async (_, lines, array) => {
  const bytes = Buffer.from(lines)
  expect(await framed([bytes])).toBe(array)
  expect(await framed(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)))).toBe(array)
})

test('any objects are restored from any chunks', async () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.dictionary(text, text), { maxLength: 6 }),
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1 }),
      async (objects, sizes) => {
        const bytes = Buffer.from(objects.map(object => `${JSON.stringify(object)}\n`).join(''))
        const chunks: Buffer[] = []
        for (let at = 0, cut = 0; at < bytes.length; cut++) {
          // Empty chunks too, but not endlessly.
          const size = (sizes[cut % sizes.length] ?? 0) + (cut % 2)
          chunks.push(bytes.subarray(at, at + size))
          at += size
        }
        expect(JSON.parse(await framed(chunks))).toEqual(objects)
      },
    ),
    { numRuns: 500 },
  )
})
