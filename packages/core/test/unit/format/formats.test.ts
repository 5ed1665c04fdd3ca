// Formats by name and by file name.
import { describe, expect, test } from 'vitest'
import { formatByFileName, formatByName } from '../../../src/engine/format/formats.ts'
import { LadingError } from '../../../src/errors/lading-error.ts'

test.each(['csv', 'ndjson', 'json'])('%s is known', name => {
  expect(formatByName(name).name).toBe(name)
})

describe('unknown formats are rejected with a list of the known ones', () => {
  test.each(['', 'CSV', 'exe', 'constructor', '__proto__', 'toString'])('%j', name => {
    expect(() => formatByName(name)).toThrow(LadingError)
    expect(() => formatByName(name)).toThrow(`Unknown format "${name}"; known: csv, ndjson, json`)
  })
})

test.each<[fileName: string, format: string | undefined]>([
  ['users.csv', 'csv'],
  ['USERS.CSV', 'csv'],
  ['users.2024.csv', 'csv'],
  ['users.ndjson', 'ndjson'],
  ['users.jsonl', 'ndjson'],
  ['users.json.csv', 'csv'],
  ['users.csv.txt', undefined],
  ['users', undefined],
  ['csv', undefined],
  ['', undefined],
])('the file %j is %s', (fileName, format) => {
  expect(formatByFileName(fileName)?.name).toBe(format)
})
