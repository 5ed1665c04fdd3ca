// csv-spectrum (npm): every file gives the records in its JSON file; one has bare quotes, which RFC 4180 does not allow.
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeEveryWay } from '../../../../../../test-support/decoding.ts'
import { decodeCsv } from '../../../../src/engine/format/csv/decode.ts'

const folder = dirname(createRequire(import.meta.url).resolve('csv-spectrum/package.json'))
const names = readdirSync(join(folder, 'csvs')).map(file => file.replace(/\.csv$/, ''))
const withBareQuotes = 'location_coordinates'

async function decode(name: string) {
  const bytes = readFileSync(join(folder, 'csvs', `${name}.csv`))
  return decodeEveryWay(decodeCsv, bytes, { maxRecordBytes: 10_000, maxColumns: 50 })
}

test(`csv-spectrum has ${names.length} files`, () => {
  expect(names).toHaveLength(12)
  expect(names).toContain(withBareQuotes)
})

test.each(names.filter(name => name !== withBareQuotes))('%s', async name => {
  const { header, records, fault } = await decode(name)
  const objects = records.map(({ content }) => {
    const cells = content as (string | null)[]
    return Object.fromEntries(cells.map((cell, index) => [header?.[index], cell ?? '']))
  })
  expect(fault).toBeUndefined()
  expect(objects).toEqual(JSON.parse(readFileSync(join(folder, 'json', `${name}.json`), 'utf8')))
})

test(`${withBareQuotes} is a fault with its line`, async () => {
  expect((await decode(withBareQuotes)).fault).toContain(
    'FILE_PARSE_ERROR: A quote appears inside an unquoted cell, in the record that begins on line 2;',
  )
})
