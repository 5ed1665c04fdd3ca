// A table with every kind of rule, most of them unknown to the resource: each violation is named, all other rows are imported.
import { afterEach, describe, expect, test } from 'vitest'
import type { TestDatabase } from '../../../../../test-support/database.ts'
import type { RecordError } from '../../../src/index.ts'
import { openBookings, type RefusingFixture } from '../../judge/refusing-fixture.ts'
import { secret } from '../../judge/refusing-table.ts'
import { briefly } from '../../support.ts'

let harness: RefusingFixture
afterEach(() => harness.drop())

/** Why a row is rejected, and what its error must contain: the field, and a part of the message. */
const violations = [
  { what: 'a CHECK', values: { amount: '-1' }, field: 'amount', name: 'greater than 0' },
  {
    what: 'an exclusion constraint',
    values: { during: '[150,160)' },
    field: 'during',
    name: 'which the rule "no_overlap',
  },
  {
    what: 'a deferred unique constraint',
    values: { seat: 'A1' },
    field: 'region',
    name: '"seat" must be unique',
  },
  {
    what: 'a foreign key',
    values: { grade: 'z' },
    field: 'grade',
    name: 'no row in grades with the grade "z"',
  },
  {
    what: 'the precision of a generated column',
    values: { amount: '60000000' },
    field: 'amount',
    name: 'a number goes out of range',
  },
  { what: 'a trigger that raises', values: { note: 'raise' }, field: null, name: 'No such note.' },
  { what: 'a trigger that drops the row', values: { note: 'vanish' }, field: null, name: 'trigger' },
  { what: 'row-level security', values: { note: 'forbidden' }, field: null, name: 'row-level security' },
  {
    what: 'the type of a column',
    values: { during: 'nonsense' },
    field: 'during',
    code: 'INVALID_DURING',
    name: 'must be a range of whole numbers (int4range)',
  },
] as const

const good = (id: number) => ({ region: 'north', id, amount: '5', payload: { of: id } })

/** In file order: a good row before each bad one, and one after all. */
const mixed = violations.flatMap(({ values }, index) => [
  good(100 + index),
  { ...good(200 + index), ...values },
])
const file = [...mixed, good(300)]
const goodIds = [...violations.map((_, index) => 100 + index), 300]
const badLines = violations.map((_, index) => 2 * index + 2)

/** Compares each error with the violation that its row was made for. */
function expectNamed(errors: readonly RecordError[], lines: readonly number[]): void {
  expect(briefly(errors)).toEqual(
    lines.map((line, index) => {
      const violation = violations[index]
      const code = violation && 'code' in violation ? violation.code : 'CONSTRAINT_VIOLATION'
      return `${line} ${violation?.field} ${code}`
    }),
  )
  for (const [index, { message }] of errors.entries()) {
    expect(message).toContain(violations[index]?.name)
    expect(message).toMatch(/^[A-Z"][^\n]*\.$/)
    expect(message).not.toMatch(/insert into|select |update |lading_|pg_temp|PL\/pgSQL/i)
    expect(message).not.toContain(secret)
  }
}

async function idsOf({ pool }: TestDatabase): Promise<readonly number[]> {
  const { rows } = await pool.query(`select id from bookings where region = 'north' order by id`)
  return rows.map(({ id }) => id)
}

describe.each(['plain', 'partitioned'] as const)('a %s table that rejects rows for every reason', shape => {
  test.each(['error', 'ignore', 'update'] as const)(
    'new rows under on_conflict %s: each violation is named, the others are imported',
    async onConflict => {
      harness = await openBookings(shape)
      const { counts, errors } = await harness.run(file, { onConflict })
      expectNamed(errors, badLines)
      expect(counts).toEqual([goodIds.length, 0, 0, violations.length])
      expect(await idsOf(harness.database)).toEqual([1, 2, ...goodIds])
    },
  )

  test('existing rows, under update: each violation is named, the others are changed', async () => {
    harness = await openBookings(shape)
    const ids = violations.map((_, index) => 400 + index)
    expect((await harness.run(ids.map(good))).counts).toEqual([ids.length, 0, 0, 0])
    const changes = violations.flatMap(({ values }, index) => [
      { ...good(400 + index), ...values },
      { ...good(400 + index), amount: `${index + 50}.50` },
    ])
    const { counts, errors } = await harness.run(changes, { onConflict: 'update' })
    expectNamed(
      errors,
      violations.map((_, index) => 2 * index + 1),
    )
    expect(counts).toEqual([0, ids.length, 0, violations.length])
    const { rows } = await harness.database.pool.query(
      `select amount::text, doubled::text, seat, during::text, note, grade, payload::text from bookings where id >= 400 order by id`,
    )
    expect(rows).toEqual(
      ids.map((id, index) => ({
        amount: `${index + 50}.50`,
        doubled: `${2 * index + 101}.00`,
        seat: null,
        during: null,
        note: null,
        grade: null,
        payload: `{"of":${id}}`,
      })),
    )
  })

  test.each([
    {
      what: 'a value that only a later row frees is still taken for an earlier one',
      // The last one has the key of the first, so that these two depend on each other.
      file: [{ ...good(500), seat: 'A1' }, { region: 'north', id: 1, amount: '10', seat: 'A9' }, good(500)],
      reported: ['1 CONSTRAINT_VIOLATION'],
      became: [1, 1, 0, 1],
      seats: ['1 A9', '2 A2', '500 null'],
    },
    {
      what: 'two rows cannot swap a value, though together they would break no rule',
      file: [
        { region: 'north', id: 1, amount: '10', seat: 'A2' },
        { region: 'north', id: 2, amount: '20', seat: 'A1' },
      ],
      reported: ['1 CONSTRAINT_VIOLATION', '2 CONSTRAINT_VIOLATION'],
      became: [0, 0, 0, 2],
      seats: ['1 A1', '2 A2'],
    },
  ])('$what', async ({ file, reported, became, seats }) => {
    harness = await openBookings(shape)
    const { counts, errors } = await harness.run(file, { onConflict: 'update' })
    expect(errors.map(({ rowNumber, code }) => `${rowNumber} ${code}`)).toEqual(reported)
    expect(counts).toEqual(became)
    const { rows } = await harness.database.pool.query(
      `select id, seat from bookings where region = 'north' order by id`,
    )
    expect(rows.map(({ id, seat }) => `${id} ${seat}`)).toEqual(seats)
  })

  test('existing rows, under ignore: only the types of their values are checked', async () => {
    harness = await openBookings(shape)
    await harness.run([good(400)])
    const changes = violations.map(({ values }) => ({ ...good(400), ...values }))
    const { counts, errors } = await harness.run(changes, { onConflict: 'ignore' })
    expect(briefly(errors)).toEqual(['9 during INVALID_DURING'])
    expect(counts).toEqual([0, 0, violations.length - 1, 1])
  })

  test('existing rows, under update, without changes are ignored: json by its text, numbers by value', async () => {
    harness = await openBookings(shape)
    const same = { region: 'north', id: 1, amount: '10.0', seat: 'A1', payload: { a: secret } }
    // The stored text has a blank after the colon, unlike the file.
    const spaced = { region: 'north', id: 2, amount: '20', payload: { b: secret } }
    const { counts, errors } = await harness.run([same, spaced], { onConflict: 'update' })
    expect(errors).toEqual([])
    expect(counts).toEqual([0, 1, 1, 0])
    const { rows } = await harness.database.pool.query(
      `select id, payload::text, updated_at < '2001-01-01' as untouched from bookings where region = 'north' order by id`,
    )
    expect(rows).toEqual([
      { id: 1, payload: JSON.stringify({ a: secret }), untouched: true },
      // The resource has no field for updated_at, so nothing sets it.
      { id: 2, payload: JSON.stringify({ b: secret }), untouched: true },
    ])
  })

  test('of 1,000 rows with 4, 500 and 1,000 bad ones exactly the good ones are imported', async () => {
    harness = await openBookings(shape)
    const shares: Readonly<Record<number, (index: number) => boolean>> = {
      0: () => false,
      4: index => index % 250 === 3,
      500: index => index % 2 === 1,
      1000: () => true,
    }
    for (const [place, [bad, isBad]] of Object.entries(shares).entries()) {
      const rows = Array.from({ length: 1_000 }, (_, index) => ({
        ...good(10_000 * (place + 1) + index),
        ...(isBad(index) && { amount: '-1' }),
      }))
      const { counts, errors } = await harness.run(rows)
      expect(counts).toEqual([1_000 - Number(bad), 0, 0, Number(bad)])
      const badLines = rows.flatMap((_, index) => (isBad(index) ? [index + 1] : []))
      expect(errors.map(({ rowNumber }) => rowNumber)).toEqual(badLines)
    }
  })
})
