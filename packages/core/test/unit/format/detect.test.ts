// Detection of a file's format: as declared, else by name, content type, and first bytes, in this order.
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { detectFormat, type KnownOfFile } from '../../../src/engine/format/detect/detect.ts'

const array = '\ufeff \n[{"a":1}]'
const lines = '{"a":1}\n{"a":2}\n'

function detect(facts: Omit<KnownOfFile, 'start'>, start: string | Buffer = 'a,b\n') {
  const found = detectFormat({ ...facts, start: Buffer.from(start) })
  const delimiter = found?.delimiter === undefined ? '' : ` ${found.delimiter.replace('\t', '\\t')}`
  return found && `${found.format} ${found.compression}${delimiter}`
}

test.each<[facts: Omit<KnownOfFile, 'start'>, start: string, found: string | undefined]>([
  // The declared format wins over everything.
  [{ format: 'csv', fileName: 'a.ndjson', mediaType: 'application/json' }, lines, 'csv none'],
  [{ format: 'json', fileName: 'a.csv' }, 'a,b', 'json none'],
  [{ format: 'ndjson', fileName: 'a.json' }, array, 'ndjson none'],
  // The name wins over the content type.
  [{ fileName: 'a.csv' }, 'a', 'csv none'],
  [{ fileName: 'A.CSV', mediaType: 'application/json' }, array, 'csv none'],
  [{ fileName: 'a.2024.csv' }, 'a', 'csv none'],
  [{ fileName: 'a.ndjson' }, array, 'ndjson none'],
  [{ fileName: 'a.jsonl', mediaType: 'text/csv' }, lines, 'ndjson none'],
  [{ fileName: 'a.json' }, lines, 'ndjson none'],
  [{ fileName: 'a.json' }, array, 'json none'],
  [{ fileName: 'a.json' }, '', 'ndjson none'],
  [{ fileName: 'a.json.csv' }, array, 'csv none'],
  // CSV with TAB.
  [{ fileName: 'a.tsv' }, 'a', 'csv none \\t'],
  [{ fileName: 'A.TAB', mediaType: 'text/csv' }, 'a', 'csv none \\t'],
  [{ fileName: 'a.tsv', format: 'csv' }, 'a', 'csv none \\t'],
  [{ fileName: 'a.tsv', format: 'ndjson' }, lines, 'ndjson none'],
  [{ mediaType: 'text/tab-separated-values; charset=utf-8' }, lines, 'csv none \\t'],
  [{ fileName: 'a.csv', mediaType: 'text/tab-separated-values' }, 'a', 'csv none'],
  [{ fileName: 'a.json', mediaType: 'text/tab-separated-values' }, array, 'json none'],
  [{ fileName: 'a.csv.tsv.txt' }, 'a', undefined],
  // The content type.
  [{ mediaType: 'text/csv' }, lines, 'csv none'],
  [{ mediaType: 'Text/CSV; charset=utf-8' }, lines, 'csv none'],
  [{ mediaType: 'application/x-ndjson' }, array, 'ndjson none'],
  [{ mediaType: 'application/json' }, lines, 'ndjson none'],
  [{ mediaType: 'application/json' }, array, 'json none'],
  [{ fileName: 'a.txt', mediaType: 'text/csv' }, 'a', 'csv none'],
  // The first bytes.
  [{}, lines, 'ndjson none'],
  [{}, array, 'json none'],
  [{ fileName: 'users', mediaType: 'application/octet-stream' }, lines, 'ndjson none'],
  [{}, 'a,b', undefined],
  [{}, '', undefined],
  [{ fileName: 'users.csv.txt', mediaType: 'text/plain' }, 'a,b', undefined],
  [{ fileName: 'csv' }, 'a,b', undefined],
  [{ fileName: 'a.constructor', mediaType: '__proto__' }, 'a,b', undefined],
])('%j beginning with %j: %s', (facts, start, found) => {
  expect(detect(facts, start)).toBe(found)
})

describe('compressed files', () => {
  test.each<[facts: Omit<KnownOfFile, 'start'>, text: string, found: string | undefined]>([
    [{ fileName: 'a.csv.gz' }, 'a,b', 'csv gzip'],
    [{ fileName: 'a.tsv.gz' }, 'a\tb', 'csv gzip \\t'],
    [{ fileName: 'a.Tab.GZ' }, 'a\tb', 'csv gzip \\t'],
    [{ fileName: 'A.NDJSON.GZ' }, lines, 'ndjson gzip'],
    [{ fileName: 'a.json.gz' }, lines, 'ndjson gzip'],
    [{ fileName: 'a.json.gz' }, array, 'json gzip'],
    [{ fileName: 'a.gz' }, array, 'json gzip'],
    [{ fileName: 'a.gz' }, 'a,b', undefined],
    [{ fileName: 'a.gz', format: 'csv' }, 'a,b', 'csv gzip'],
    [{ mediaType: 'application/gzip' }, lines, 'ndjson gzip'],
    [{ fileName: 'a.csv', mediaType: 'application/x-gzip' }, 'a,b', 'csv gzip'],
  ])('%j with %j inside: %s', (facts, text, found) => {
    const bytes = gzipSync(text)
    expect(detect(facts, bytes)).toBe(found)
    expect(detect(facts, gzipSync(text.padEnd(100_000)).subarray(0, 100))).toBe(found)
  })

  test('that are not declared are not treated as such', () => {
    expect(detect({ fileName: 'a.csv' }, gzipSync('a,b'))).toBe('csv none')
    expect(detect({}, gzipSync(lines))).toBeUndefined()
  })

  test('that are not gzip data are detected by their text or not at all', () => {
    expect(detect({ fileName: 'a.gz' }, Buffer.from([0x1f, 0x8b, 0, 0, 0]))).toBeUndefined()
    expect(detect({ fileName: 'a.json.gz' }, lines)).toBe('ndjson gzip')
  })
})

test.each(['utf16le', 'utf16be'])('the first character is found in %s', encoding => {
  const bytes = Buffer.from(`\ufeff\r\n[{"a":1}]`, 'utf16le')
  expect(detect({}, encoding === 'utf16be' ? bytes.swap16() : bytes)).toBe('json none')
})

test('an unknown format is rejected', () => {
  expect(() => detect({ format: 'xlsx', fileName: 'a.csv' })).toThrow(
    expect.objectContaining({ code: 'FORMAT_UNSUPPORTED' }),
  )
})
