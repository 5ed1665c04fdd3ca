// What the tests of tables that refer to themselves share: staff with four such references, and random rows of them.
import fc from 'fast-check'
import type pg from 'pg'
import {
  createExporter,
  createImporter,
  defineResource,
  type Resource,
  type ResourceDefinition,
  Type,
} from '../src/index.ts'
import { buffer } from './bundle-bed.ts'
import { briefly, rowsOf } from './support.ts'

export const staffTable = `
  create table staff (
    id int primary key, area int not null, code text not null unique, unique (area, code),
    parent_id int references staff (id), mentor_id int references staff (id), deputy_code text references staff (code),
    boss_area int, boss_code text, foreign key (boss_area, boss_code) references staff (area, code)
  )`

const int = Type.Optional(Type.Union([Type.Integer(), Type.Null()]))
const text = Type.Optional(Type.Union([Type.String(), Type.Null()]))
const schema = Type.Object({
  id: Type.Integer(),
  area: Type.Integer(),
  code: Type.String(),
  parent_id: int,
  mentor_id: int,
  deputy_code: text,
  boss_area: int,
  boss_code: text,
})

type Definition = ResourceDefinition<typeof schema>

export const staffWith = (
  definition: Pick<Definition, 'fields' | 'references' | 'scope' | 'printRow'> = {},
): readonly [Resource] => [defineResource('staff', { table: 'staff', schema, ...definition })]

/** The same rows in all ways in which a resource may know, show and print its references. */
export const kindsOfStaff: readonly (readonly [kind: string, resources: readonly [Resource]])[] = [
  ['references that only the database knows', staffWith()],
  [
    'references that are declared',
    staffWith({
      references: {
        parent_id: { table: 'staff' },
        mentor_id: { table: 'staff' },
        deputy_code: { table: 'staff', column: 'code' },
      },
    }),
  ],
  ['rows that go through Node', staffWith({ printRow: row => ({ ...row }) })],
  [
    'references by name',
    staffWith({
      fields: { parent_id: { hidden: true } },
      references: {
        parent_id: { table: 'staff', by: { parent_code: { column: 'code', exported: true } } },
        mentor_id: { table: 'staff' },
      },
    }),
  ],
]

export interface Member {
  readonly id: number
  readonly area: number
  readonly code: string
  readonly parent_id: number | null
  readonly mentor_id: number | null
  readonly deputy_code: string | null
  readonly boss_area: number | null
  readonly boss_code: string | null
}

/** Members that refer only to those before them, or to themselves; in any order of their ids, and shuffled. */
export const randomStaff: fc.Arbitrary<readonly Member[]> = fc
  .uniqueArray(
    fc.record({
      id: fc.nat(100_000),
      place: fc.nat(),
      // One half refers to the member just before, so that there are long chains.
      chosen: fc.tuple(
        ...Array.from({ length: 4 }, () => fc.oneof(fc.constant(-1), fc.constant(0), fc.nat())),
      ),
    }),
    { maxLength: 60, selector: ({ id }) => id, size: 'max' },
  )
  .map(drawn => {
    const codeOf = (id: number) => `c${id}`
    const members = drawn.map(({ id, place, chosen }, index) => {
      const [parent, mentor, deputy, boss] = chosen.map(choice => {
        if (choice === -1) return null
        return drawn[choice === 0 ? Math.max(0, index - 1) : choice % (index + 1)]?.id ?? null
      })
      const codeOr = (found: number | null | undefined) => (found == null ? null : codeOf(found))
      const member = {
        id,
        area: id % 3,
        code: codeOf(id),
        parent_id: parent ?? null,
        mentor_id: mentor ?? null,
        deputy_code: codeOr(deputy),
        boss_area: boss == null ? (place % 2 ? 1 : null) : boss % 3,
        boss_code: codeOr(boss),
      }
      return { place, member }
    })
    return members.sort((one, other) => one.place - other.place).map(({ member }) => member)
  })

/** In this physical order; the database looks at references when all are in. */
export async function plantStaff(pool: pg.Pool, members: readonly Partial<Member>[]): Promise<void> {
  await pool.query('truncate staff')
  await pool.query('insert into staff select * from json_populate_recordset(null::staff, $1)', [
    JSON.stringify(members.map(member => ({ area: 0, code: `c${member.id}`, ...member }))),
  ])
}

/** Exports a bundle, empties the table and imports the bundle, in batches of 7. */
export async function roundTrip(
  pool: pg.Pool,
  resources: readonly [Resource],
  { table = 'staff', format = 'ndjson', order = 'id' } = {},
) {
  const before = await rowsOf(pool, table, order)
  const bundle = await buffer(createExporter({ pool, resources }).bundle({ format }))
  await pool.query(`truncate ${table}`)
  const importer = createImporter({ pool, resources, batchRows: 7 })
  const opened = await importer.openBundle({ source: bundle })
  const errors: string[] = []
  for (const { resource, format: entry, open } of opened.entries) {
    const report = await importer.run({ resource, format: entry, source: await open() })
    errors.push(...briefly(report.errors))
  }
  await opened.close()
  return { before, bundle, errors, after: await rowsOf(pool, table, order) }
}
