// Records that go the fast path leave the same rows, lines, errors and notes as on the general way.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { compileLimitCheck } from '../../../src/engine/catalogue/fit/fit.ts'
import { readTarget } from '../../../src/engine/catalogue/read-target.ts'
import { codecsOf, type Target } from '../../../src/engine/catalogue/target.ts'
import { encodeAhead } from '../../../src/engine/fast-path/encode-ahead.ts'
import { decodeCsv } from '../../../src/engine/format/csv/decode.ts'
import { encode, regroup } from '../../../src/engine/import/stages/batches.ts'
import { mapFields } from '../../../src/engine/resource/mapping/map-fields.ts'
import type { Row } from '../../../src/engine/resource/row.ts'
import type { StagedBatch } from '../../../src/engine/staging/encode-batch.ts'
import { stagingTable } from '../../../src/engine/staging/staging-table.ts'
import { validate } from '../../../src/engine/validation/validate.ts'
import { parseValues } from '../../../src/engine/value/parse-values.ts'
import { defineResource, Type } from '../../../src/index.ts'
import { copyIn } from '../../../src/postgres/copy/copy-in.ts'
import { fileOf, type GeneratedFile, kinds, names } from '../../fixtures/fast-path-files.ts'

const seen: unknown[] = []

const everything = defineResource('everything', {
  table: 'everything',
  schema: Type.Object(Object.fromEntries(names.map(name => [name, kinds[name].field]))),
  fields: {
    mail: {
      transform: text => {
        if (text === 'THROWS') throw new Error('The transform of this test throws.')
        return text.trim().toLowerCase()
      },
    },
  },
  check(record, issue) {
    seen.push(record)
    if (record.flag === false && record.small === 12) issue('small', 'TWELVE', 'A false flag has no twelve.')
  },
})

let database: TestDatabase
let target: Target
beforeAll(async () => {
  database = await createDatabase()
  const columns = names.map(name => `${name} ${kinds[name].column}`)
  await database.pool.query(`create table everything (${columns.join(', ')})`)
  target = await readTarget(database.pool, everything)
})
afterAll(() => database.drop())

async function* chunksOf({ text, chunkBytes }: GeneratedFile): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let start = 0; start < bytes.length; start += chunkBytes)
    yield bytes.subarray(start, start + chunkBytes)
}

/** What the stages before the merge make of a file. */
async function judged(file: GeneratedFile, way: 'fast' | 'general') {
  seen.length = 0
  const { nullValues } = file
  const codecOf = codecsOf(target)
  const records = decodeCsv(chunksOf(file), { maxRecordBytes: 1 << 20, maxColumns: 100 })
  const rows = mapFields(records, everything, { nullValues })
  const ahead = way === 'fast' ? encodeAhead(rows, target, { from: 'text', nullValues }) : rows
  const typed = parseValues(ahead, everything, { from: 'text', codecOf, nullValues })
  const checked = validate(typed, everything, compileLimitCheck(target), codecOf)
  const batches = regroup(checked, { batchRows: 3, batchBytes: 1 << 20 })
  const staged: StagedBatch[] = []
  const found = []
  let encoded = 0
  for await (const batch of encode(batches, target, { mayUpdate: file.chunkBytes % 2 === 0 })) {
    staged.push(batch.staged)
    encoded += batch.staged.rows.filter(({ lines }) => lines !== undefined).length
    const { columns, hasPresence } = batch.staged
    found.push({
      rows: batch.rows.map(printed),
      invalid: batch.invalid.map(({ source }) => source.rowNumber),
      staged: batch.staged.rows.map(({ source }) => source.rowNumber),
      columns: columns.map(({ column, isMixed }) => [column.field.name, isMixed]),
      hasPresence,
      end: batch.end,
      notes: batch.notes,
      fault: batch.fault && `${batch.fault.code}: ${batch.fault.message}`,
    })
  }
  return { found, staged, encoded, seen: [...seen] }
}

function printed({ source, values, originals, errors }: Row) {
  const { rowNumber, line, offset, length, raw } = source
  return { rowNumber, line, offset, length, raw, values: [...values], originals, errors }
}

/** The rows of the staging table after COPY: what PostgreSQL reads in the lines. */
async function copied(batches: readonly StagedBatch[]): Promise<unknown[]> {
  const client = await database.pool.connect()
  try {
    const all: unknown[] = []
    for (const batch of batches) {
      if (batch.rows.length === 0) continue
      const table = stagingTable(target)
      await client.query('begin')
      await copyIn(client, `${table.createForTransaction}; ${table.copy(batch)}`, batch.chunks)
      const { rows } = await client.query(`select s::text from ${table.sql} s order by lading_row`)
      all.push(rows)
      await client.query('rollback')
    }
    return all
  } finally {
    client.release()
  }
}

test('random files: rows, errors, notes, and what COPY reads', async () => {
  let encoded = 0
  let others = 0
  await fc.assert(
    fc.asyncProperty(fileOf, async file => {
      const general = await judged(file, 'general')
      const fast = await judged(file, 'fast')
      expect(fast.found).toEqual(general.found)
      expect(fast.seen).toEqual(general.seen)
      expect(await copied(fast.staged)).toEqual(await copied(general.staged))
      encoded += fast.encoded
      others += fast.staged.flatMap(({ rows }) => rows).length - fast.encoded
    }),
    { numRuns: 200 },
  )
  // Both ways had valid rows to compare.
  expect(encoded).toBeGreaterThan(0)
  expect(others).toBeGreaterThan(0)
})
