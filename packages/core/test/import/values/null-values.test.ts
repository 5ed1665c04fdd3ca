// The option `nullValues`: texts of a file that stand for no value.
import { expect, test } from 'vitest'
import { createImporter, defineResource, Type } from '../../../src/index.ts'
import { leads, leadsFixture } from '../../fixtures/leads-fixture.ts'

const harness = leadsFixture()
const csv = (text: string) => ({ format: 'csv' as const, source: Buffer.from(text) })
const ndjson = (...records: object[]) => ({
  format: 'ndjson' as const,
  source: Buffer.from(records.map(record => `${JSON.stringify(record)}\n`).join('')),
})
const nullValues = ['NULL', 'N/A', '-']

test('a CSV cell with such a text is null, bare or quoted, in a column of any type', async () => {
  const file = csv(
    [
      'full_name,email,city,tags,meta,score',
      'Ann,a@x,NULL,N/A,-,NULL',
      'Bob,b@x,"N/A","-","NULL","N/A"',
      '',
    ].join('\n'),
  )
  const { errors, rows } = await harness.run({ ...file, nullValues })
  expect(errors).toEqual([])
  expect(rows).toEqual([
    { full_name: 'Ann', email: 'a@x' },
    { full_name: 'Bob', email: 'b@x' },
  ])
})

test('without the option, and where only a part or another case matches, the text is a value', async () => {
  const text = 'full_name,email,city\nNULL,a@x,N/A\nnull,b@x,- \nN/A Ltd,c@x,--\n'
  const [first, ...others] = [
    { full_name: 'NULL', email: 'a@x', city: 'N/A' },
    { full_name: 'null', email: 'b@x', city: '- ' },
    { full_name: 'N/A Ltd', email: 'c@x', city: '--' },
  ]
  expect((await harness.run(csv(text))).rows).toEqual([first, ...others])
  await harness.database.pool.query('truncate leads')
  expect((await harness.run({ ...csv(text), nullValues })).rows).toEqual([{ email: 'a@x' }, ...others])
})

test('a column may have the name of such a text', async () => {
  const file = csv('NULL,email\nAnn,a@x\n')
  const { rows } = await harness.run({ ...file, nullValues, mapping: { NULL: 'full_name' } })
  expect(rows).toEqual([{ full_name: 'Ann', email: 'a@x' }])
})

test('a JSON string that is the value of a field is null; one inside a list or a document is not', async () => {
  const file = ndjson(
    { full_name: 'N/A', email: 'a@x', score: '-', tags: ['-'], meta: { state: 'N/A' } },
    { full_name: 'Bob', email: 'b@x', meta: 'N/A' },
  )
  const { errors, rows } = await harness.run({ ...file, nullValues })
  expect(errors).toEqual([])
  expect(rows).toEqual([
    { email: 'a@x', tags: '["-"]', meta: '{"state":"N/A"}' },
    { full_name: 'Bob', email: 'b@x', meta: 'N/A' },
  ])
})

test('objects of a program are read like the JSON file that they would be', async () => {
  const records = [
    { email: 'a@x', tags: ['-'], meta: 'N/A' },
    { email: 'b@x', tags: '-', score: 'N/A', city: 'N/A' },
  ]
  const wanted = [{ email: 'a@x', tags: '["-"]', meta: 'N/A' }, { email: 'b@x' }]
  const fromObjects = await harness.run({ source: records, nullValues })
  expect([fromObjects.errors, fromObjects.rows]).toEqual([[], wanted])
  await harness.database.pool.query('truncate leads')
  const fromFile = await harness.run({ ...ndjson(...records), nullValues })
  expect([fromFile.errors, fromFile.rows]).toEqual([[], wanted])
})

test('in a column without a name it counts as empty', async () => {
  const { errors, rows } = await harness.run({ ...csv('email,city,\na@x,Ulm,NULL\nb@x,Ulm,x\n'), nullValues })
  expect(errors).toEqual(['3 - UNNAMED_COLUMN'])
  expect(rows).toEqual([{ email: 'a@x', city: 'Ulm' }])
})

test.each([
  ['nullValues', { nullValues: ['a\0b'] }],
  ['nullValues', { nullValues: ['\ud800'] }],
  ['mapping', { mapping: { 'E\0': 'email' } }],
])('%s with a character that no value can have is refused', async (name, options) => {
  const { fault } = await harness.run({ ...csv('email\na@x\n'), ...options })
  expect(fault).toEqual({
    code: 'OPTION_INVALID',
    message: `The option "${name}" contains a character that no value can have: NUL, or half of a surrogate pair.`,
  })
})

test('an update sets the field to null', async () => {
  await harness.run(csv('email,city\na@x,Ulm\n'))
  const { rows } = await harness.run({
    ...csv('email,city\na@x,N/A\n'),
    nullValues,
    onConflict: 'update',
  })
  expect(rows).toEqual([{ email: 'a@x' }])
})

test('in a required field it is an error that shows the text', async () => {
  const strict = defineResource('leads', {
    table: 'leads',
    schema: Type.Object({ email: Type.String(), score: Type.Integer() }),
    key: ['email'],
  })
  const errors: unknown[] = []
  await createImporter({ pool: harness.database.pool, resources: [strict] }).run({
    resource: 'leads',
    ...csv('email,score\na@x,N/A\nb@x,7\n'),
    nullValues,
    onError: ({ rowNumber, field, code, value }) => errors.push({ rowNumber, field, code, value }),
  })
  expect(errors).toEqual([{ rowNumber: 2, field: 'score', code: 'MISSING_FIELD', value: 'N/A' }])
})

test('a transform does not receive it', async () => {
  const seen: string[] = []
  const loud = defineResource('leads', {
    table: 'leads',
    schema: leads.schema,
    key: ['email'],
    fields: {
      city: {
        transform: text => {
          seen.push(text)
          return text.toUpperCase()
        },
      },
    },
  })
  await createImporter({ pool: harness.database.pool, resources: [loud] }).run({
    resource: 'leads',
    ...csv('email,city\na@x,N/A\nb@x,Ulm\n'),
    nullValues,
  })
  expect(seen).toEqual(['Ulm'])
})

test.each([
  ['an empty text', ['NULL', '']],
  ['no text at all', []],
  ['a number', [0]],
  ['a number in place of a list', 7],
])('%s is rejected before anything is read', async (_, invalid) => {
  const { fault, rows } = await harness.run({
    ...csv('email\na@x\n'),
    nullValues: invalid as unknown as readonly string[],
  })
  expect(fault?.code).toBe('OPTION_INVALID')
  expect(fault?.message).toBe('The option "nullValues" must be a list of 1 to 100 texts, none of them empty.')
  expect(rows).toEqual([])
})
