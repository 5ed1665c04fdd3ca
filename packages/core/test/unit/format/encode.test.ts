// The COPY statements that print a file.
import { expect, test } from 'vitest'
import { csv } from '../../../src/engine/format/csv/csv-format.ts'
import { json } from '../../../src/engine/format/json/json-format.ts'
import { ndjson } from '../../../src/engine/format/ndjson/ndjson-format.ts'

const query = {
  columns: [
    { name: 'id', alias: '"id"', csv: 't."id"', json: 't."id"', isText: false },
    { name: 'big "one"', alias: '"big ""one"""', csv: 't."big"', json: 't."big"::text', isText: true },
  ],
  source: 'from "things" t where true order by t."id"',
}

test('CSV has a header, and quotes distinguish empty text from null', () => {
  expect(csv.encode(query)).toBe(
    'copy (select t."id" as "id", t."big" as "big ""one""" from "things" t where true order by t."id") to stdout (format csv, header true)',
  )
})

test('CSV has another delimiter and no header on request', () => {
  expect(csv.encode(query, { delimiter: '\t', header: false })).toMatch(
    /\) to stdout \(format csv, header false, delimiter '\t'\)$/,
  )
})

test('NDJSON is one object per line, with a quote and a delimiter that JSON never contains', () => {
  expect(ndjson.encode(query)).toBe(
    `copy (select row_to_json(record.*) from (select t."id" as "id", t."big"::text as "big ""one""" from "things" t where true order by t."id") record) to stdout (format csv, quote E'\\x01', delimiter E'\\x02')`,
  )
})

test('JSON is printed as NDJSON, and framed afterwards', () => {
  expect(json.encode(query)).toBe(ndjson.encode(query))
  expect(json.frame?.(query.columns, {})).toBeDefined()
  expect(csv.frame?.(query.columns, {})).toBeUndefined()
})
