// Columns may have any name, also one that the statements of an import or export use.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { defineResource, type Resource, Type } from '../../src/index.ts'
import { bytes, exportFile, importFile } from '../support.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())

/** A table with the column, and a resource with a field of that name. */
async function tableWith(name: string): Promise<Resource> {
  await database.pool.query(
    `drop table if exists odd; create table odd (id int primary key, "${name}" jsonb, "up" int references odd)`,
  )
  const optional = { [name]: Type.Optional(Type.Unknown()), up: Type.Optional(Type.Integer()) }
  return defineResource('odd', {
    table: 'odd',
    schema: Type.Object({ id: Type.Integer(), ...optional }),
    references: { up: { table: 'odd' } },
  })
}

const imported = (text: string, resource: Resource) =>
  importFile(database.pool, 'odd', 'csv', bytes(text), { resources: [resource] })

describe('a column that is named', () => {
  // Aliases and variables of our SQL, and what means something to SQL itself.
  test.each([
    'record',
    'printed',
    's',
    't',
    'r',
    'm',
    'own',
    'place',
    'state',
    'affected',
    'judged',
    'row',
    'select',
    'json',
    'new',
    'excluded',
    'lading_error',
    'lading_row',
    'lading_present',
    'lading_batch',
    'lading_origin',
    'lading_by_0_1',
    'lading_new',
    'lading_0',
    'f0',
    'f1',
    'f2_0',
  ])('%s is imported row by row and exported in each format', async name => {
    const resource = await tableWith(name)
    const lines = `{"id":1,"${name}":{"a":1}}\n{"id":2,"${name}":[1],"up":1}\n{"id":3,"up":9}\n{"id":2}\n`
    const { errors } = await importFile(database.pool, 'odd', 'ndjson', bytes(lines), {
      resources: [resource],
    })
    expect(errors.map(({ rowNumber, code }) => `${rowNumber} ${code}`)).toEqual([
      '3 UP_NOT_FOUND',
      '4 DUPLICATE_ID',
    ])

    const printed = async (format: string) =>
      (await exportFile(database.pool, 'odd', format, {}, [resource])).toString()
    expect(
      (await printed('ndjson'))
        .trim()
        .split('\n')
        .map(line => JSON.parse(line)),
    ).toEqual([
      { id: 1, [name]: { a: 1 }, up: null },
      { id: 2, [name]: [1], up: 1 },
    ])
    expect(JSON.parse(await printed('json'))).toHaveLength(2)
    expect(await printed('csv')).toBe(`id,${name},up\n1,"{""a"": 1}",\n2,[1],1\n`)
  })
})

describe('a column that is named', () => {
  test('with a similar but different name is a column like any other', async () => {
    const resource = await tableWith('lading_number')
    const { report } = await imported('id,lading_number\n1,7\n', resource)
    expect(report).toMatchObject({ inserted: 1 })
  })
})
