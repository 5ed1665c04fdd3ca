// With each setting at its least friendly value, as a default of the role and of the database, nothing becomes different.
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { known } from './known.ts'
import { scenario, setup } from './scenario.ts'

/** All of them take minutes; see `npm run test:settings`. */
const isWhole = process.env.LADING_SETTINGS === 'all'

let database: TestDatabase
let role: string
let expected: readonly string[]
const has = new Set<string>()
beforeAll(async () => {
  database = await createReferenceDatabase()
  role = `settings_${database.name}`
  await database.pool.query(`create role ${role} superuser login password 'settings'; ${setup}`)
  const { rows } = await database.pool.query('select name from pg_settings')
  for (const { name } of rows) has.add(name)
  const admin = adminPool()
  expected = await scenario(database.pool, admin)
  await admin.end()
})
afterAll(async () => {
  await database.pool.query(`drop role ${role}`)
  await database.drop()
})

/** Queries the table in one way, with any defaults. */
const adminPool = () =>
  new pg.Pool({
    connectionString: database.url,
    options:
      '-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c bytea_output=hex -c extra_float_digits=1 -c quote_all_identifiers=off -c xmloption=content -c default_transaction_read_only=off -c statement_timeout=0 -c lock_timeout=0 -c search_path=public -c client_min_messages=warning -c transform_null_equals=off -c exit_on_error=off -c idle_session_timeout=0 -c row_security=on -c default_transaction_isolation=read\\ committed',
  })

interface Cell {
  readonly name: string
  readonly settings: readonly (readonly [name: string, value: string])[]
}

const cells: readonly Cell[] = known.flatMap(({ settings, together }): readonly Cell[] => {
  const all = Object.entries(settings).flatMap(([name, values]) =>
    (values === null ? [] : [values].flat()).map(value => [name, value] as const),
  )
  if (together === true) return all.length === 0 ? [] : [{ name: `${all[0]?.[0]} and others`, settings: all }]
  return all.map(([name, value]) => ({ name: `${name} = ${value}`, settings: [[name, value] as const] }))
})

const quoted = (name: string) =>
  name
    .split('.')
    .map(part => `"${part}"`)
    .join('.')

/** The first value of all that our transactions set, at once; where one of them had a part, this would show it too. */
const all: Cell = {
  name: 'all that a transaction sets',
  settings: known
    .filter(({ kind }) => kind === 'set')
    .flatMap(({ settings }) =>
      Object.entries(settings).flatMap(([name, values]) => {
        const [value] = [values].flat()
        return value === null || value === undefined ? [] : [[name, value] as const]
      }),
    ),
}

const ways = ['role', 'database'] as const
/** Seconds matter little here: with every statement compiled (JIT) and in parallel, one run takes minutes. */
const timeout = 600_000

const tried = isWhole
  ? [all, ...cells].flatMap(cell => ways.map(of => [cell.name, of, cell] as const))
  : [[all.name, 'role', all] as const]

test.each(tried)('%s, of the %s', { timeout }, async (_, of, { settings }) => {
  const owner = of === 'role' ? `role ${role}` : `database ${database.name}`
  const there = settings.filter(([name]) => has.has(name) || name.startsWith('plpgsql.'))
  const admin = adminPool()
  for (const [name, value] of there) {
    // A list is given as a list.
    const written =
      name === 'search_path' || name === 'restrict_nonsystem_relation_kind' ? value : `'${value}'`
    const list = name === 'restrict_nonsystem_relation_kind' ? `'${value}'` : written
    await admin.query(`set client_min_messages = error; alter ${owner} set ${quoted(name)} = ${list}`)
  }
  const url = new URL(database.url)
  if (of === 'role') {
    url.username = role
    url.password = 'settings'
  }
  const pool = new pg.Pool({ connectionString: url.href, max: 8 })
  pool.on('error', () => undefined)
  try {
    expect(await scenario(pool, admin)).toEqual(expected)
  } finally {
    await pool.end()
    await admin.query(`alter ${owner} reset all`)
    await admin.end()
  }
})
