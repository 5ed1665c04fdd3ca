// When the listeners of imports and exports are called: after a commit, in file order, and before a file looks complete.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { createExporter, createImporter } from '../../src/index.ts'
import { things } from './things.ts'

let database: TestDatabase
const resources = [things({})]
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query('create table things (id int primary key, name text, tags text[])')
})
afterAll(() => database.drop())

test('onError receives each record error once, in file order, and onProgress each batch, after its commit', async () => {
  const { pool } = database
  const ids = ['1', 'bad', '2', '3', 'bad', 'bad', '4', '5', 'bad', '6']
  const source = Buffer.from(`id,name,tags\n${ids.map(id => `${id},a,[]\n`).join('')}`)
  const inTable = async () => (await pool.query('select from things')).rowCount ?? 0
  const errors: number[] = []
  const progress: [processed: number, rows: number][] = []
  await createImporter({ pool, resources, batchRows: 2 }).run({
    resource: 'things',
    format: 'csv',
    source,
    async onError({ rowNumber }) {
      errors.push(rowNumber)
      // The header is the first row.
      const goodBefore = ids.slice(0, rowNumber - 1).filter(id => id !== 'bad').length
      expect(await inTable()).toBeGreaterThanOrEqual(goodBefore)
    },
    async onProgress({ processed, successful }) {
      progress.push([processed, await inTable()])
      expect(await inTable()).toBe(successful)
    },
  })
  expect(errors).toEqual([3, 6, 7, 10])
  expect(progress.length).toBeGreaterThanOrEqual(3)
  expect(progress.at(-1)).toEqual([10, 6])
})

test('onRows that throws: a bundle sends no byte, and a stream does not end normally', async () => {
  const exporter = createExporter({ pool: database.pool, resources })
  const onRows = () => {
    throw new Error('too many')
  }
  const bytesOf = async (stream: AsyncIterable<Buffer>) => {
    let bytes = 0
    const fault = await (async () => {
      for await (const chunk of stream) bytes += chunk.length
    })().catch((error: unknown) => error)
    return { bytes, fault }
  }
  const fault = expect.objectContaining({ code: 'HOOK_FAILED' })
  expect(await bytesOf(exporter.bundle({ onRows }))).toEqual({ bytes: 0, fault })
  const stream = exporter.stream({ resource: 'things', format: 'csv', onRows })
  expect((await bytesOf(stream)).fault).toEqual(fault)
})
