// Tables of 300 columns: however wide a row is, timers and sockets get their turn.
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createExporter, createImporter, defineResource, type Resource, Type } from '../../../src/index.ts'

const kinds = [
  { type: 'text', schema: Type.String(), good: 'some text', bad: 'x'.repeat(10) },
  { type: 'int', schema: Type.Integer(), good: '123456', bad: 'y' },
  { type: 'numeric', schema: Type.String({ format: 'decimal' }), good: '12.50', bad: 'z' },
  {
    type: 'timestamptz',
    schema: Type.String({ format: 'date-time' }),
    good: '2026-01-02T03:04:05Z',
    bad: 'w',
  },
  { type: 'boolean', schema: Type.Boolean(), good: 'true', bad: 'v' },
]
const columns = Array.from({ length: 60 }, (_, index) =>
  kinds.map(kind => ({ ...kind, name: `${kind.type}_${index}` })),
).flat()
const fields = Object.fromEntries(columns.map(({ name, schema }) => [name, Type.Optional(schema)]))
const wide = { table: 'wide', schema: Type.Object({ id: Type.Integer(), ...fields }) }
const rows = 6_000

/** Milliseconds of the processor in one turn of the event loop: what the other processes of the machine take is not ours. */
const longestTurnMs = 1_000

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(
    `create table wide (id int primary key, ${columns.map(({ name, type }) => `${name} ${type}`).join(', ')})`,
  )
})
afterAll(() => database.drop())

/** The longest turn of the event loop during some work. */
async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let longest = 0
  let isOver = false
  let before = process.cpuUsage()
  const turn = () => {
    const { user, system } = process.cpuUsage(before)
    longest = Math.max(longest, (user + system) / 1_000)
    before = process.cpuUsage()
    if (!isOver) setImmediate(turn)
  }
  setImmediate(turn)
  await work()
  isOver = true
  return longest
}

const csv = (isBad: (row: number) => boolean): Buffer =>
  Buffer.from(
    [
      ['id', ...columns.map(({ name }) => name)].join(','),
      ...Array.from({ length: rows }, (_, row) =>
        [row, ...columns.map(({ good, bad }) => (isBad(row) ? bad : good))].join(','),
      ),
      '',
    ].join('\n'),
  )

const ndjson = (): Buffer =>
  Buffer.from(
    Array.from({ length: rows }, (_, row) => {
      const values = columns.map(({ name, type, good }) => [
        name,
        type === 'int' ? 123456 : type === 'boolean' ? true : good,
      ])
      return `${JSON.stringify({ id: row, ...Object.fromEntries(values) })}\n`
    }).join(''),
  )

test.each([
  { name: 'CSV', format: 'csv', file: () => csv(() => false), failed: 0 },
  {
    name: 'CSV with 240 errors in every other record',
    format: 'csv',
    file: () => csv(row => row % 2 === 0),
    failed: rows / 2,
  },
  { name: 'NDJSON', format: 'ndjson', file: ndjson, failed: 0 },
])('an import of $name', async ({ format, file, failed }) => {
  await database.pool.query('truncate wide')
  const source = file()
  const importer = createImporter<Resource>({
    pool: database.pool,
    resources: [defineResource('wide', wide)],
  })
  const longest = await longestTurn(async () => {
    const report = await importer.run({ resource: 'wide', format, source })
    expect(report).toMatchObject({ processed: rows, failed })
  })
  expect(longest).toBeLessThan(longestTurnMs)
})

test.each([
  { name: 'CSV', format: 'csv', more: {} },
  { name: 'NDJSON', format: 'ndjson', more: {} },
  { name: 'rows that go through a hook', format: 'csv', more: { printRow: (row: object) => ({ ...row }) } },
])('an export of $name', async ({ format, more }) => {
  await database.pool.query('truncate wide')
  await database.pool.query(`insert into wide (id) select generate_series(1, ${rows})`)
  await database.pool.query(
    `update wide set ${columns.map(({ name, good }) => `${name} = '${good}'`).join(', ')}`,
  )
  const resources = [defineResource('wide', { ...wide, ...more })]
  const stream = createExporter<Resource>({ pool: database.pool, resources }).stream({
    resource: 'wide',
    format,
  })
  let bytes = 0
  const longest = await longestTurn(() =>
    pipeline(
      stream,
      new Writable({
        write(chunk, _encoding, done) {
          bytes += chunk.length
          done()
        },
      }),
    ),
  )
  expect(bytes).toBeGreaterThan(rows * 1_000)
  expect(longest).toBeLessThan(longestTurnMs)
})
