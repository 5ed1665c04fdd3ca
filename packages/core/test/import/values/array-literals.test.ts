// Array literals in CSV cells, as PostgreSQL's own COPY writes them: stored as PostgreSQL itself reads them, or refused.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { type Cell, difference, good, run, setup } from '../../fixtures/lists-fixture.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.smallPool.query(setup(database.name))
})
afterAll(() => database.drop())

const begins = '"words" begins with "{" and is not an array literal, such as {a,"b c"}:'
const bad: readonly (readonly [...Cell, message: string])[] = [
  ['words', '{red,green', `${begins} the closing brace is missing.`],
  ['words', '{', `${begins} the closing brace is missing.`],
  ['words', '{"red', `${begins} a closing quote is missing.`],
  ['words', '{red\\}', `${begins} the closing brace is missing.`],
  ['words', '{a,}', `${begins} an element is missing at character 4.`],
  ['words', '{,a}', `${begins} an element is missing at character 2.`],
  ['words', '{a} x', `${begins} something follows the closing brace at character 5.`],
  ['words', '{a}}', `${begins} something follows the closing brace at character 4.`],
  ['words', '{a"b"}', `${begins} an element is quoted in part at character 3.`],
  ['words', '{"a" b}', `${begins} an element is quoted in part at character 6.`],
  ['words', '{a{b}', `${begins} a brace in an element needs quotes at character 3.`],
  ['words', '\u00a0{a}', `${begins} something precedes the opening brace at character 1.`],
  [
    'words',
    '[0:1]={a}',
    '"words" begins with "[" and is not an array literal, such as {a,"b c"}: the bounds do not fit the elements.',
  ],
  ['words', '[0:x]={a}', '"words" begins with "[" and is not a JSON array, such as ["a","b c"].'],
  ['words', '[a', '"words" begins with "[" and is not a JSON array, such as ["a","b c"].'],
  ['words', '{{1,2},{3,4}}', '"words" must be a list of 1 dimension; this one has 2.'],
  ['words', '{{{}}}', `${begins} an element is missing at character 4.`],
  ['strict', '{red,NULL}', 'Element 2 of "strict" must not be null.'],
  ['strict', '["red",null]', 'Element 2 of "strict" must not be null.'],
  ['flags', '{t,maybe}', 'Element 2 of "flags" must be true or false.'],
  ['numbers', '{1,2,x}', 'Element 3 of "numbers" must be a whole number.'],
  ['numbers', '{""}', 'Element 1 of "numbers" must be a whole number.'],
  ['numbers', '1,x', 'Element 2 of "numbers" must be a whole number.'],
  [
    'instants',
    '{"2026-11-28 20:34:00"}',
    'Element 1 of "instants" has no time zone; add one, such as Z or +02:00.',
  ],
  [
    'documents',
    '{"a":1}',
    '"documents" begins with "{" and is not an array literal, such as {a,"b c"}: an element is quoted in part at character 5.',
  ],
  ['documents', '{"a"}', 'Element 1 of "documents" must be JSON.'],
  ['matrix', '{1,2}', '"matrix" must be a list of 2 dimensions; this one has 1.'],
  [
    'matrix',
    '{{1,2},{3}}',
    '"matrix" begins with "{" and is not an array literal, such as {a,"b c"}: its inner lists differ in length.',
  ],
  [
    'matrix',
    '{{1},2}',
    '"matrix" begins with "{" and is not an array literal, such as {a,"b c"}: it mixes lists and elements.',
  ],
  ['matrix', '{{1,x}}', 'Element [1][2] of "matrix" must be a whole number.'],
  ['matrix', '[[1,2],[3]]', '"matrix" must have inner lists of equal length.'],
  [
    'matrix',
    '[[],[]]',
    '"matrix" must have inner lists that are not empty; write [] for a list without elements.',
  ],
  ['matrix', '[1,2]', 'Element 1 of "matrix" must be a list.'],
  ['matrix', '1,2', '"matrix" must be a list of 2 dimensions; this one has 1.'],
]

async function expectStored() {
  await database.pool.query('truncate expected')
  for (const [index, [field, cell]] of good.entries()) {
    // In the zone that an instant without one would be taken for, if it were.
    await database.pool.query(`insert into expected (id, ${field}) values ($1, $2)`, [index + 1, cell])
  }
  expect(await difference(database.pool)).toEqual([])
}

describe('a literal', () => {
  test.each([{}, { atomic: true }, { onConflict: 'update' }] as const)(
    'is stored as PostgreSQL reads it, with %j',
    async options => {
      await database.pool.query('truncate things')
      expect(await run(database.pool, good, options)).toMatchObject({
        errors: [],
        report: { inserted: good.length },
      })
      await expectStored()
      if (!('onConflict' in options)) return
      expect(await run(database.pool, good, options)).toMatchObject({
        report: { updated: 0, ignored: good.length },
      })
    },
  )

  test('that is malformed, or violates the schema, is an error of its field', async () => {
    const { errors } = await run(
      database.pool,
      bad.map(([field, cell]) => [field, cell]),
    )
    expect(errors).toEqual(bad.map(([, , message]) => message))
  })
})
