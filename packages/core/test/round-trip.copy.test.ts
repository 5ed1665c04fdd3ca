// Every column type, both ways between PostgreSQL's own COPY and Lading: what the one writes, the other reads. Property test.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../test-support/database.ts'
import {
  availableTypes,
  createTables,
  type Fixture,
  fill,
  inThenOut,
  outThenIn,
  serverCopier,
} from './copy/round-trip.ts'
import { columnTypes } from './copy/types.ts'

const seed = Number(process.env.LADING_SEED ?? Math.trunc(Math.random() * 2 ** 31))

let database: TestDatabase
let fixture: Fixture
beforeAll(async () => {
  database = await createDatabase()
  fixture = await createTables(database.pool, await availableTypes(database.pool, columnTypes))
  await fill(database.pool, fixture, 150, seed)
})
afterAll(() => database.drop())

test('what COPY writes is imported as it was', async () => {
  expect(await outThenIn(database.pool, serverCopier(database.pool), fixture), `LADING_SEED=${seed}`).toEqual(
    [],
  )
})

test('what is exported is read by COPY as it was', async () => {
  expect(await inThenOut(database.pool, serverCopier(database.pool), fixture), `LADING_SEED=${seed}`).toEqual(
    [],
  )
})
