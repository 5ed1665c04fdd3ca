// Records are counted in the printed bytes, however they are cut.
import { expect, test } from 'vitest'
import { csvRecords } from '../../../src/engine/export/export-progress.ts'

const file = [
  'id,name\n',
  '1,plain\n',
  '2,"two\nlines"\n',
  '3,"a ""quoted"" word, and\n\n more"\n',
  '4,\n',
  '5,""\n',
  '6,"""\n"""\n',
].join('')

test.each([1, 2, 3, 7, 1_000])('of CSV in chunks of %i bytes', size => {
  const count = csvRecords()
  const bytes = Buffer.from(file)
  let records = 0
  for (let at = 0; at < bytes.length; at += size) records += count(bytes.subarray(at, at + size))
  // The header is one.
  expect(records).toBe(7)
})
