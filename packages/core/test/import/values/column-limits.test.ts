// Limits that only the table knows: a value that PostgreSQL would refuse, round or cut is an error of its field.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { defineResource, Type } from '../../../src/index.ts'
import { bytes, importFile } from '../../support.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await createDatabase()
})
afterEach(() => database.drop())

const decimal = Type.String({ format: 'decimal' })
const instant = Type.String({ format: 'date-time' })

const cases = [
  {
    type: 'smallint',
    schema: Type.Integer(),
    good: { '32767': '32767', '-32768': '-32768' },
    bad: ['32768', '-32769'],
    reported: 'must be a whole number from -32768 to 32767',
  },
  {
    type: 'int',
    schema: Type.Integer(),
    good: { '2147483647': '2147483647', '-2147483648': '-2147483648' },
    bad: ['2147483648', '-2147483649'],
    reported: 'must be a whole number from -2147483648 to 2147483647',
  },
  {
    type: 'numeric(10,2)',
    schema: decimal,
    good: { '12345678.99': '12345678.99', '0.10000': '0.10', '-0': '0.00' },
    bad: ['123456789', '0.001', '0.105'],
    reported: 'must have at most 8 digits before the decimal point and 2 after it',
  },
  {
    type: 'numeric(3,0)',
    schema: Type.Integer(),
    good: { '999': '999' },
    bad: ['1000'],
    reported: 'must have at most 3 digits before the decimal point and 0 after it',
  },
  {
    type: 'price',
    setup: 'create domain money_base as numeric(5,1); create domain price as money_base check (value >= 0)',
    schema: decimal,
    good: { '1234.5': '1234.5' },
    bad: ['12345', '0.25'],
    reported: 'must have at most 4 digits before the decimal point and 1 after it',
  },
  {
    type: 'real',
    schema: Type.Number(),
    good: { '0.1': '0.1', '3.4e38': '3.4e+38', '0': '0' },
    bad: ['1e39', '-1e39', '1e-46'],
    reported: 'must be 0, or between 1e-45 and 3.4028235e+38 with either sign',
  },
  {
    type: 'timestamptz(3)',
    schema: instant,
    good: {
      '2024-01-31T12:00:00.123Z': '2024-01-31 12:00:00.123+00',
      '2024-01-31T12:00:00.500000Z': '2024-01-31 12:00:00.5+00',
    },
    bad: ['2024-01-31T12:00:00.1234Z', '2024-01-31T12:00:00.000001+02:00'],
    code: 'INVALID_TIMESTAMP',
    reported: 'must have at most 3 fractional digits in the seconds',
  },
  {
    type: 'timestamp(0)',
    schema: instant,
    good: { '2024-01-31T12:00:00.000Z': '2024-01-31 12:00:00' },
    bad: ['2024-01-31T12:00:00.5Z'],
    code: 'INVALID_TIMESTAMP',
    reported: 'must have no fractional seconds',
  },
  {
    type: 'time(1)',
    schema: Type.String(),
    good: { '12:00:00.5': '12:00:00.5' },
    bad: ['12:00:00.25'],
    reported: 'must have at most 1 fractional digit in the seconds',
  },
  {
    type: 'varchar(3)',
    schema: Type.String(),
    good: { abc: 'abc', '😀😀😀': '😀😀😀', 'a  ': 'a  ' },
    bad: ['abcd', 'abc ', '😀😀😀😀'],
    reported: 'is longer than 3 characters',
  },
  {
    type: 'char(3)',
    schema: Type.String(),
    good: { abc: 'abc', 'abc  ': 'abc', ab: 'ab' },
    bad: ['abcd', 'ab c'],
    reported: 'is longer than 3 characters',
  },
  {
    type: 'name',
    schema: Type.String(),
    good: { ['x'.repeat(63)]: 'x'.repeat(63) },
    bad: ['x'.repeat(64), 'é'.repeat(32)],
    reported: 'is longer than 63 bytes',
  },
  {
    type: '"char"',
    schema: Type.String(),
    good: { a: 'a', '\\200': '\\200' },
    bad: ['ab', 'é', '\\400'],
    reported: 'is longer than 1 byte',
  },
  {
    type: 'mood',
    setup: "create type mood as enum ('happy', 'so so')",
    schema: Type.String(),
    good: { happy: 'happy', 'so so': 'so so' },
    bad: ['sad', 'Happy', ' happy'],
    reported: 'must be one of happy, so so',
  },
  {
    type: 'mood[]',
    setup: "create type mood as enum ('happy', 'so so')",
    schema: Type.Array(Type.String()),
    good: { '["happy","so so"]': '{happy,"so so"}', '[]': '{}' },
    bad: ['["happy","sad"]'],
    element: '2',
    reported: 'must be one of happy, so so',
  },
  {
    type: 'mood[]',
    setup: "create type mood as enum ('happy, more or less', 'so so')",
    schema: Type.Array(Type.Array(Type.String())),
    good: { '{{so so}}': '{{"so so"}}' },
    bad: ['{{so so,"happy, more or less"},{so so,happy}}'],
    element: '[2][2]',
    reported: 'must be one of "happy, more or less", "so so"',
  },
  {
    type: 'size',
    setup:
      "create type size as enum ('xxxs', 'xxs', 'xs', 's', 'm', 'l', 'xl', 'xxl', 'xxxl', 'youth small', 'youth medium', 'youth large', 'one size')",
    schema: Type.String(),
    good: { xxl: 'xxl' },
    bad: ['Youth Larg'],
    reported: 'must be one of 13 values, such as xxxs, xxs, xs, s, m; the nearest is "youth large"',
  },
  {
    type: 'numeric(3,1)[]',
    schema: Type.Array(decimal),
    good: { '["12.5","-0.1"]': '{12.5,-0.1}' },
    bad: ['["12.5","0.25"]'],
    element: '2',
    reported: 'must have at most 2 digits before the decimal point and 1 after it',
  },
]

test.each(cases)(
  '$type stores what it can hold, and other values are reported',
  async ({ type, setup, schema, good, bad, reported, element, code = 'INVALID_VALUE' }) => {
    await database.pool.query(`${setup ?? ''}; create table things (id int primary key, value ${type})`)
    const things = defineResource('things', {
      table: 'things',
      schema: Type.Object({ id: Type.Integer(), value: schema }),
    })
    const quoted = [...bad, ...Object.keys(good)].map(
      (text, index) => `${index},"${text.replaceAll('"', '""')}"\n`,
    )
    const { report, errors } = await importFile(
      database.pool,
      'things',
      'csv',
      bytes(`id,value\n${quoted.join('')}`),
      {
        resources: [things],
      },
    )
    expect(
      errors.map(({ rowNumber, field, code, message, value }) => ({
        rowNumber,
        field,
        code,
        message,
        value,
      })),
    ).toEqual(
      bad.map((value, index) => ({
        rowNumber: index + 2,
        field: 'value',
        code,
        message: `${element === undefined ? '' : `Element ${element} of `}"value" ${reported}.`,
        value,
      })),
    )
    const { rows } = await rowsAsText()
    expect(rows).toEqual(Object.values(good))
    expect(report).toMatchObject({ successful: Object.keys(good).length, failed: bad.length })
  },
)

/** In UTC, for any time zone of the server. */
async function rowsAsText() {
  const client = await database.pool.connect()
  try {
    await client.query("set timezone = 'UTC'")
    const { rows } = await client.query({
      text: 'select value::text from things order by id',
      rowMode: 'array',
    })
    return { rows: rows.map(([text]) => text) }
  } finally {
    client.release()
  }
}

test('the code of a text that is too long for its column is that of the field', async () => {
  await database.pool.query('create table things (id int primary key, value varchar(3))')
  const things = defineResource('things', {
    table: 'things',
    schema: Type.Object({ id: Type.Integer(), value: Type.String() }),
    fields: { value: { codes: { tooLong: 'VALUE_TOO_LONG' } } },
  })
  const { errors } = await importFile(database.pool, 'things', 'csv', bytes('id,value\n1,abcd\n'), {
    resources: [things],
  })
  expect(errors).toMatchObject([{ rowNumber: 2, field: 'value', code: 'VALUE_TOO_LONG' }])
})
