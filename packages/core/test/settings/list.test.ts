// The list of settings knows all that the server at hand has, and the code sets what the list says it sets.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { beginWriting } from '../../src/postgres/transaction/transaction.ts'
import { known } from './known.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())

test('every setting that can be a default of a role or a database is in the list', async () => {
  // Its own settings are there when the language has been used.
  const { rows } = await database.pool
    .query(`do $$ begin end $$;
    select name from pg_settings where context in ('user', 'superuser', 'backend', 'superuser-backend') order by name`)
    .then(results => (results as unknown as { rows: { name: string }[] }[])[1] ?? { rows: [] })
  const all = known.flatMap(({ settings }) => Object.keys(settings))
  expect(rows.length).toBeGreaterThan(180)
  expect(rows.map(({ name }) => name).filter(name => !all.includes(name))).toEqual([])
  expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([])
})

test('a transaction sets the values in the list', () => {
  const begin = beginWriting()
  const elsewhere = /^(?:default_|transaction_(?!timeout)|client_encoding)/
  const set = known.filter(({ kind }) => kind === 'set').flatMap(({ settings }) => Object.keys(settings))
  const missing = set.filter(name => !elsewhere.test(name) && !new RegExp(`['"]${name}['"]`, 'i').test(begin))
  expect(missing).toEqual([])
})
