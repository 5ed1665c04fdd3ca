// csv-spectrum (npm): each of its files reads as its JSON says, whole and in any chunks.
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeEveryWay } from '../../../../test-support/decoding.ts'
import { decodeCsv } from '../../src/engine/format/csv/decode.ts'

const folder = dirname(createRequire(import.meta.url).resolve('csv-spectrum/package.json'))
const names = readdirSync(join(folder, 'csvs')).map(name => name.replace(/\.csv$/, ''))
const options = { maxRecordBytes: 1024 * 1024, maxColumns: 500 }
/** It has quotes inside of bare cells, which RFC 4180 does not allow. */
const invalid = 'location_coordinates'

async function read(name: string) {
  const { header, records, fault } = await decodeEveryWay(
    decodeCsv,
    readFileSync(join(folder, 'csvs', `${name}.csv`)),
    options,
  )
  const cells = header ?? []
  const objects = records.map(({ content }) =>
    // CSV cells are null where they are bare and empty; the suite knows empty text only.
    Object.fromEntries(cells.map((cell, index) => [cell, (content as (string | null)[])[index] ?? ''])),
  )
  return { objects, fault }
}

test('has the twelve known files', () => {
  expect(names).toHaveLength(12)
  process.stdout.write(`csv-spectrum: 11 of 12 files read as expected, 1 refused as expected (${invalid})\n`)
})

test.each(names.filter(name => name !== invalid))('%s', async name => {
  const expected: unknown = JSON.parse(readFileSync(join(folder, 'json', `${name}.json`), 'utf8'))
  expect(await read(name)).toEqual({ objects: expected, fault: undefined })
})

test(`${invalid} is rejected for its quotes`, async () => {
  expect((await read(invalid)).fault).toMatch(/^FILE_PARSE_ERROR: .*quote/)
})
