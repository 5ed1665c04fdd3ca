// Lists in every format: what comes back, what a filter finds, and what is stored but cannot be written to a file.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { createImporter } from '../../src/index.ts'
import { difference, good, run, setup, things } from '../fixtures/lists-fixture.ts'
import { bytes, exportShaped } from '../support.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.smallPool.query(setup(database.name))
})
afterAll(() => database.drop())

describe('a list', () => {
  test.each(['csv', 'ndjson', 'json'] as const)('comes back through %s', async format => {
    await database.pool.query('truncate things')
    await run(database.pool, good)
    // JSON has no place for bounds, and none for a JSON null among values.
    if (format !== 'csv') {
      await database.pool.query(`delete from things where array_lower(words, 1) <> 1 or array_lower(numbers, 1) <> 1
        or array_lower(matrix, 1) <> 1 or documents is not null`)
    }
    await database.pool.query('truncate expected; insert into expected table things')
    const file = await exportShaped(database.pool, { resource: 'things', format }, [things])
    await database.pool.query('truncate things')
    const report = await createImporter({ pool: database.pool, resources: [things] }).run({
      resource: 'things',
      format,
      source: file,
    })
    expect(report).toMatchObject({ failed: 0 })
    expect(await difference(database.pool)).toEqual([])
  })

  test('is a value of a filter', async () => {
    await database.pool.query('truncate things')
    await run(database.pool, [
      ['words', '{red,green}'],
      ['words', '{red}'],
      ['words', '[0:0]={red}'],
      ['matrix', '{{1,2},{3,4}}'],
    ])
    const ids = async (filters: Record<string, unknown>) =>
      String(
        await exportShaped(
          database.pool,
          { resource: 'things', format: 'csv', fields: ['id'], header: false, filters },
          [things],
        ),
      )
    expect(await ids({ words: '{red,"green"}' })).toBe('1\n')
    expect(await ids({ words: { eq: ['red'] } })).toBe('2\n')
    expect(await ids({ words: '[0:0]={red}' })).toBe('3\n')
    expect(await ids({ matrix: '{{1,2},{3,4}}' })).toBe('4\n')
    await expect(ids({ words: '{red' })).rejects.toMatchObject({ code: 'FILTER_INVALID' })
    await expect(ids({ numbers: '{1,x}' })).rejects.toMatchObject({
      message: 'Element 2 of the filter on "numbers" must be a whole number.',
    })
  })
})

test('in JSON a literal is text, and so not a list', async () => {
  const source = bytes('{"id":1,"words":"{red,green}"}\n{"id":2,"matrix":[[1,2],[3,4]]}\n')
  await database.pool.query('truncate things')
  const report = await createImporter({ pool: database.pool, resources: [things] }).run({
    resource: 'things',
    format: 'ndjson',
    source,
  })
  expect(report.errors).toMatchObject([{ message: '"words" must be a list.', value: '{red,green}' }])
  expect((await database.pool.query('select matrix::text from things')).rows).toEqual([
    { matrix: '{{1,2},{3,4}}' },
  ])
})

test('a value with more dimensions than the schema allows, or with a null that it does not allow, ends an export', async () => {
  for (const [field, value] of [
    ['words', '{{a},{b}}'],
    ['matrix', '{1}'],
    ['matrix', '{{{1}}}'],
    ['strict', '{NULL}'],
  ] as const) {
    await database.pool.query(`truncate things; insert into things (id, ${field}) values (7, '${value}')`)
    for (const format of ['csv', 'json']) {
      await expect(
        exportShaped(database.pool, { resource: 'things', format }, [things]),
      ).rejects.toMatchObject({
        code: 'VALUE_NOT_PRINTABLE',
        message: expect.stringContaining(`The value of "${field}" in row 7 cannot be printed`),
      })
    }
  }
})
