// COPY's text format: one value never becomes two, and no line ends the copy.
import { describe, expect, test } from 'vitest'
import { copyNull, copyValue, LinePacker } from '../../../src/postgres/copy/copy-text.ts'

test.each<[name: string, text: string, escaped: string]>([
  ['nothing', '', ''],
  ['plain text', 'Ada Lovelace', 'Ada Lovelace'],
  ['the end of a copy', '\\.', '\\\\.'],
  ['the spelling of null', '\\N', '\\\\N'],
  ['one backslash', '\\', '\\\\'],
  ['two backslashes', '\\\\', '\\\\\\\\'],
  ['an escape', 'a\\tb\\x41\\101', 'a\\\\tb\\\\x41\\\\101'],
  ['a TAB', 'a\tb', 'a\\tb'],
  ['line endings', 'a\nb\r\nc\rd', 'a\\nb\\r\\nc\\rd'],
  ['only special characters', '\\\t\n\r', '\\\\\\t\\n\\r'],
  ['a backslash before a line ending', '\\\n', '\\\\\\n'],
  ['vertical tab, form feed and backspace pass as they are', '\v\f\b', '\v\f\b'],
  ['characters of many bytes', 'é€😀\u2028\u0085', 'é€😀\u2028\u0085'],
  ['quotes and commas', '"a",\'b\'', '"a",\'b\''],
])('%s', (_, text, escaped) => {
  expect(copyValue(text)).toBe(escaped)
})

test('null is distinguished from its own spelling', () => {
  expect(copyNull).toBe('\\N')
  expect(copyValue(copyNull)).not.toBe(copyNull)
})

function packLines(lines: readonly string[], chunkBytes: number): Buffer[] {
  const packer = new LinePacker(chunkBytes)
  for (const line of lines) packer.add(line)
  return packer.finish()
}

describe('packing lines', () => {
  const lines = ['', 'a', 'é😀', 'x'.repeat(300), '', '€'.repeat(100), 'last']

  test('no lines make no chunks', () => {
    expect(packLines([], 64)).toEqual([])
  })

  test.each([1, 2, 64, 301, 100_000])(
    'into chunks of about %d bytes: every line is complete, and ends',
    chunkBytes => {
      const chunks = packLines(lines, chunkBytes).map(chunk => chunk.toString())
      expect(chunks.join('')).toBe(`\na\né😀\n${'x'.repeat(300)}\n\n${'€'.repeat(100)}\nlast\n`)
      expect(chunks.every(chunk => chunk.endsWith('\n'))).toBe(true)
    },
  )

  test('rows share a chunk, and no chunk exceeds its size except for one long line', () => {
    const chunks = packLines(
      Array.from({ length: 10_000 }, () => 'x'.repeat(99)),
      64_000,
    )
    expect(Buffer.concat(chunks)).toHaveLength(1_000_000)
    expect(chunks.length).toBeGreaterThanOrEqual(16)
    expect(chunks.length).toBeLessThan(30)
    expect(Math.max(...chunks.map(chunk => chunk.length))).toBeLessThanOrEqual(64_100)
  })

  test.each([1, 8, 64, 100_000])(
    'into chunks of about %d bytes: encoded bytes keep their place among lines',
    chunkBytes => {
      const packer = new LinePacker(chunkBytes)
      packer.add('é')
      packer.addBytes(Buffer.from('a\tb\nc\td\n'))
      packer.addBytes(Buffer.from('x'.repeat(70)))
      packer.add('')
      expect(Buffer.concat(packer.finish()).toString()).toBe(`é\na\tb\nc\td\n${'x'.repeat(70)}\n`)
    },
  )

  test('a line of lone surrogates, which no value has, still fits', () => {
    expect(packLines(['\ud800'.repeat(50), 'b'], 8).map(chunk => chunk.length)).toEqual([151, 2])
  })
})
