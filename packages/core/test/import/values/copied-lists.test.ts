// Lists in a CSV file as psql's \copy writes them: each element is what it was, under every policy, in batches of any size.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, defineResource, type Resource, type RunOptions, Type } from '../../../src/index.ts'
import { bytes } from '../../support.ts'

const list = Type.Optional(Type.Array(Type.Union([Type.String(), Type.Null()])))
const paints = defineResource('paints', {
  table: 'paints',
  schema: Type.Object({
    id: Type.Integer(),
    colours: list,
    sizes: Type.Optional(Type.Array(Type.Integer())),
  }),
  key: ['id'],
})

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query('create table paints (id int primary key, colours text[], sizes int[])')
})
afterAll(() => database.drop())

const file = bytes(`id,colours,sizes
1,"{red,green}","{1,2}"
2,{},{}
3,"{""a b"",c}",{7}
4,"{NULL,x,""NULL""}",
5,"{""a,b"",""say \\""hi\\"""",""back\\\\slash""}",{-3}
6,"{""""}",
7,,
`)
const rows = [
  { id: 1, colours: ['red', 'green'], sizes: [1, 2] },
  { id: 2, colours: [], sizes: [] },
  { id: 3, colours: ['a b', 'c'], sizes: [7] },
  { id: 4, colours: [null, 'x', 'NULL'], sizes: null },
  { id: 5, colours: ['a,b', 'say "hi"', 'back\\slash'], sizes: [-3] },
  { id: 6, colours: [''], sizes: null },
  { id: 7, colours: null, sizes: null },
]

async function imported(batchRows: number, options: Partial<RunOptions>) {
  const importer = createImporter<Resource>({ pool: database.pool, resources: [paints], batchRows })
  const report = await importer.run({ resource: 'paints', format: 'csv', source: file, ...options })
  const stored = await database.pool.query('select id, colours, sizes from paints order by id')
  return { report, stored: stored.rows }
}

describe.each([1, 2, 5_000])('in batches of %i', batchRows => {
  test.each<Partial<RunOptions>>([{}, { onConflict: 'ignore' }, { onConflict: 'update' }, { atomic: true }])(
    'with %j',
    async options => {
      await database.pool.query('truncate paints')
      expect((await imported(batchRows, { ...options, dryRun: true, atomic: false })).stored).toEqual([])
      const { report, stored } = await imported(batchRows, options)
      expect([report.inserted, report.failed, report.warnings]).toEqual([7, 0, []])
      expect(stored).toEqual(rows)
    },
  )
})
