// Lines of objects to one array: valid JSON whatever the chunks.
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { frameArray } from './frame.ts'

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

test('any objects in any chunks come back as they were', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }))),
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1 }),
      async (objects, sizes) => {
        const bytes = Buffer.from(objects.map(object => `${JSON.stringify(object)}\n`).join(''))
        const chunks: Buffer[] = []
        for (let at = 0; at < bytes.length; at += 1 + (sizes[chunks.length % sizes.length] ?? 0)) {
          chunks.push(bytes.subarray(at, at + 1 + (sizes[chunks.length % sizes.length] ?? 0)))
          if (chunks.length % 3 === 0) chunks.push(Buffer.alloc(0))
        }
        // Empty chunks count in `chunks.length`, so that the pieces are put together again from what was cut.
        const whole = Buffer.concat(chunks)
        expect(await framed(chunks)).toBe(await framed([whole]))
        expect(JSON.parse(await framed([bytes]))).toEqual(objects)
      },
    ),
    { numRuns: 500 },
  )
})
