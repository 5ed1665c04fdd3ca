// Filters, order and limit: every operator on every type of column finds the rows that plain code picks.
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import {
  createExporter,
  defineResource,
  type Exporter,
  type Resource,
  type StreamOptions,
  Type,
} from '../../src/index.ts'
import { compare, idsWhere, kindsResource, kindsSql } from '../fixtures/filters-fixture.ts'
import { type KindColumn, kinds } from '../fixtures/filters-kinds.ts'

let database: TestDatabase
let exporter: Exporter
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(kindsSql)
  exporter = createExporter<Resource>({ pool: database.pool, resources: [kindsResource] })
})
afterAll(() => database.drop())

async function idsOf(asked: Omit<StreamOptions, 'resource' | 'format'>): Promise<readonly number[]> {
  const stream = exporter.stream({
    resource: 'kinds',
    format: 'csv',
    header: false,
    fields: ['id'],
    ...asked,
  })
  const lines = (await buffer(stream)).toString().split('\n').slice(0, -1)
  return lines.map(Number)
}

const find = (name: string, filter: unknown) => idsOf({ filters: { [name]: filter } })

/** Every value that a row has, and some that none has. */
const valuesOf = ({ cells, others }: KindColumn) => [
  ...new Set([...cells.filter(cell => cell !== null), ...others]),
]

/** As text, and as JSON where that is another thing. */
const formsOf = ({ json }: KindColumn, text: string) => (json ? [text, json(text)] : [text])

const bounds = {
  gte: (order: number) => order >= 0,
  gt: (order: number) => order > 0,
  lte: (order: number) => order <= 0,
  lt: (order: number) => order < 0,
} as const

describe.each(kinds.map(column => [column.name, column] as const))('%s', (name, column) => {
  test('equality, in CSV and in JSON', async () => {
    for (const value of valuesOf(column)) {
      const wanted = idsWhere(column, cell => cell !== null && column.key(cell) === column.key(value))
      for (const form of formsOf(column, value)) {
        expect([value, await find(name, form)]).toEqual([value, wanted])
        expect([value, await find(name, { eq: form })]).toEqual([value, wanted])
      }
    }
  })

  test('several values, with and without null among them', async () => {
    const values = valuesOf(column)
    for (const [index, one] of values.entries()) {
      const other = values[(index + 3) % values.length] ?? one
      const keys = [column.key(one), column.key(other)]
      const wanted = idsWhere(column, cell => cell !== null && keys.includes(column.key(cell)))
      expect(await find(name, { in: [one, other] })).toEqual(wanted)
      const orNone = idsWhere(column, cell => cell === null || keys.includes(column.key(cell)))
      expect(await find(name, { in: [one, null, other] })).toEqual(orNone)
      if (!['tags', 'sizes', 'js', 'jb'].includes(name)) {
        expect(await find(name, [one, other])).toEqual(wanted)
      }
    }
  })

  test('values that are null or not', async () => {
    const none = idsWhere(column, cell => cell === null)
    const some = idsWhere(column, cell => cell !== null)
    expect(await find(name, null)).toEqual(none)
    expect(await find(name, { null: true })).toEqual(none)
    expect(await find(name, { null: 'false' })).toEqual(some)
    expect(await find(name, { in: [null] })).toEqual(none)
  })

  test(column.isOrdered ? 'every bound' : 'no bounds', async () => {
    const values = valuesOf(column)
    for (const [operator, holds] of Object.entries(bounds)) {
      for (const value of values) {
        if (!column.isOrdered) {
          await expect(find(name, { [operator]: value })).rejects.toMatchObject({
            code: 'FILTER_INVALID',
            message: expect.stringMatching(`^The filter on "${name}" `),
          })
          continue
        }
        const wanted = idsWhere(
          column,
          cell => cell !== null && holds(compare(column.key(cell), column.key(value))),
        )
        for (const form of formsOf(column, value)) {
          expect([operator, value, await find(name, { [operator]: form })]).toEqual([operator, value, wanted])
        }
      }
    }
  })

  test('both sort orders, nulls last, ties by the primary key, up to a limit', async () => {
    if (/^(?:tags|sizes|js|jb|ip|uid_.*|flag)$/.test(name)) return
    const order = (direction: 1 | -1) =>
      [1, 2, 3, 4, 5, 6, 7, 8].sort((one, other) => {
        const [a = null, b = null] = [column.cells[one - 1], column.cells[other - 1]]
        // No value is the greatest one (PostgreSQL manual, 7.5).
        const order =
          a === null || b === null
            ? Number(a === null) - Number(b === null)
            : compare(column.key(a), column.key(b))
        return order * direction || one - other
      })
    expect(await idsOf({ sort: name })).toEqual(order(1))
    expect(await idsOf({ sort: [`-${name}`] })).toEqual(order(-1))
    for (const limit of [1, 3, 100]) {
      expect(await idsOf({ sort: `-${name}`, limit })).toEqual(order(-1).slice(0, limit))
    }
  })
})

test('all filters must match: pairs of columns, values and bounds', async () => {
  const ordered = kinds.filter(({ isOrdered }) => isOrdered)
  for (const [index, one] of kinds.entries()) {
    for (const other of ordered) {
      if (one === other) continue
      const [value = '', low = ''] = [valuesOf(one)[index % 2], valuesOf(other)[index % 3]]
      const having = idsWhere(one, cell => cell !== null && one.key(cell) === one.key(value))
      const above = idsWhere(other, cell => cell !== null && compare(other.key(cell), other.key(low)) >= 0)
      const filters = { [one.name]: { in: [value] }, [other.name]: { gte: low, null: false } }
      expect([filters, await idsOf({ filters })]).toEqual([filters, having.filter(id => above.includes(id))])
    }
  }
})

test('lists of UUIDs are equal in any case, even if they are stored as text', async () => {
  const uids = Type.Array(Type.String({ format: 'uuid' }))
  const lists = defineResource('lists', { table: 'lists', schema: Type.Object({ id: Type.Integer(), uids }) })
  await database.pool.query(`create table lists (id int primary key, uids text[]);
    insert into lists values (1, '{AAAAAAAA-0000-4000-8000-000000000001,null}'),
      (2, '{aaaaaaaa-0000-4000-8000-000000000001,null}'), (3, '{aaaaaaaa-0000-4000-8000-000000000001}')`)
  const filters = { uids: { eq: ['aaaaaaaa-0000-4000-8000-000000000001'.toUpperCase()] } }
  const asked = { resource: 'lists', format: 'csv', header: false, fields: ['id'] }
  const ids = async (filters: StreamOptions['filters']) =>
    String(
      await buffer(
        createExporter<Resource>({ pool: database.pool, resources: [lists] }).stream({ ...asked, filters }),
      ),
    )
  expect(await ids(filters)).toBe('3\n')
  await database.pool.query(`update lists set uids = array_remove(uids, null)`)
  expect(await ids(filters)).toBe('1\n2\n3\n')
})

test('a range has two ends', async () => {
  const found = await find('tz', { gt: '2024-01-01T00:00:00Z', lt: '2024-01-01T00:00:00.000002Z' })
  expect(found).toEqual([1])
})

test('a document that looks like an operator is matched with eq', async () => {
  expect(await find('jb', { eq: { in: ['x'] } })).toEqual([8])
  expect(await find('jb', { in: ['"x"'] })).toEqual([4])
  expect(await find('jb', '{"in":["x"]}')).toEqual([8])
  expect(await find('jb', { a: 1, b: [2] })).toEqual([1, 2])
})

test.each([
  ['mood', 'furious', 'The filter on "mood" must be one of low, mid, high.'],
  ['sizes', [2147483648], 'The filter on "sizes" must be a whole number from -2147483648 to 2147483647.'],
  ['jb', '1e999999', 'The filter on "jb" holds a number with too many digits.'],
  ['ip', { gte: '10.0.0.1' }, 'The filter on "ip" cannot have a range: its column type is inet.'],
])('%s %j is rejected because of the type of the column', async (name, filter, message) => {
  await expect(find(name, filter)).rejects.toMatchObject({ code: 'FILTER_INVALID', message })
})

test.each(['tags', 'js', 'jb', 'nobody'])('nothing is sorted by %s', async sort => {
  await expect(idsOf({ sort })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringMatching(
      `^"${sort}" is not a field that kinds can be sorted by.* Known: id, txt, `,
    ),
  })
})

test('fields are in the requested order', async () => {
  const stream = exporter.stream({ resource: 'kinds', format: 'ndjson', fields: ['i8', 'id'], limit: 1 })
  expect((await buffer(stream)).toString()).toBe('{"i8":"9223372036854775807","id":1}\n')
})

test('10,000 filters are rejected before any of them is checked', async () => {
  const filters = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`f${n}`, 'x']))
  await expect(idsOf({ filters })).rejects.toMatchObject({
    code: 'FILTER_INVALID',
    message: 'The filter on "f20" is one too many; at most 20 are allowed.',
  })
})

test('a filter that the resource alone rejects causes no query', async () => {
  let connections = 0
  const pool = {
    connect() {
      connections++
      return database.pool.connect()
    },
  }
  const counted = createExporter<Resource>({ pool, resources: [kindsResource] })
  const check = (asked: Partial<StreamOptions>) =>
    counted.check({ resource: 'kinds', format: 'csv', ...asked })
  await expect(check({ filters: { txt: 1 } })).rejects.toMatchObject({ code: 'FILTER_INVALID' })
  await expect(check({ sort: 'x' })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  await expect(check({ format: 'json', excel: true })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  await expect(check({ format: 'xls' })).rejects.toMatchObject({ code: 'FORMAT_UNSUPPORTED' })
  expect(connections).toBe(0)
  await check({ filters: { txt: 'a' } })
  await check({ filters: { txt: 'b' } })
  // One for each: the check that the table is unchanged.
  expect(connections).toBe(2)
})
