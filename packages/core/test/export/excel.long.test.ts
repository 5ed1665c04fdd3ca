// CSV for Excel: the guard in SQL equals the guard in Node, and such an export imports unchanged.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { guard } from '../../src/engine/format/csv/formula-guard.ts'
import { guardSql } from '../../src/engine/format/csv/guard-sql.ts'
import { createImporter, defineResource, Type } from '../../src/index.ts'
import { exportShaped, rowsOf } from '../support.ts'

const nullable = <Schema extends Parameters<typeof Type.Optional>[0]>(schema: Schema) =>
  Type.Optional(Type.Union([schema, Type.Null()]))

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())

/** What stands at the beginning of a text, and decides. */
const deciding = [
  ...'=+-@＝＋－＠\'"\t\n\v\f\r 019azAZ[{_~\x7f\x1c\x1f\x85éЖ中😀',
  ...'\u00a0\u1680\u180e\u2000\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff\uff1e',
]

describe('the guard in SQL', () => {
  const guarded = async (texts: readonly string[]) => {
    const { rows } = await database.pool.query<{ text: string }>(
      `select ${guardSql('text')} as text from unnest($1::text[]) with ordinality given(text, place) order by place`,
      [texts],
    )
    return rows.map(({ text }) => text)
  }

  test('agrees with the guard in Node for every text of up to three relevant characters', async () => {
    const texts = ['', ...deciding]
    for (const first of deciding) {
      for (const second of deciding) texts.push(first + second, `${first}${second}=`, `${first}${second}x`)
    }
    const found = await guarded(texts)
    const wrong = texts.filter((text, index) => found[index] !== guard(text))
    expect(wrong).toEqual([])
    expect(found.filter((text, index) => text !== texts[index]).length).toBeGreaterThan(500)
  })

  test('agrees for any other text', async () => {
    const unit = fc.oneof(fc.constantFrom(...deciding), fc.string({ unit: 'binary', maxLength: 1 }))
    const storable = fc.string({ unit, maxLength: 6 }).map(text => text.replaceAll('\0', '').toWellFormed())
    await fc.assert(
      fc.asyncProperty(fc.array(storable, { minLength: 100, maxLength: 400 }), async texts => {
        expect(await guarded(texts)).toEqual(texts.map(guard))
      }),
      { numRuns: 50 },
    )
  })

  test('leaves null alone', async () => {
    const { rows } = await database.pool.query(
      `select ${guardSql('text')} as text from (values (null::text)) t(text)`,
    )
    expect(rows).toEqual([{ text: null }])
  })

  test('works in a database of another encoding', async () => {
    const name = `${database.name}_latin`
    await database.pool.query(`create database ${name} template template0 encoding 'LATIN1' locale 'C'`)
    const url = new URL(database.url)
    url.pathname = `/${name}`
    const { Pool } = (await import('pg')).default
    const pool = new Pool({ connectionString: url.href, max: 1 })
    const { rows } = await pool.query(
      `select ${guardSql('text')} as text from unnest($1::text[]) given(text)`,
      [['é', '\u00a0=1', '=1', 'x']],
    )
    expect(rows.map(({ text }) => text)).toEqual(['é', "'\u00a0=1", "'=1", 'x'])
    await pool.end()
    await database.pool.query(`drop database ${name}`)
  })
})

const schema = Type.Object({
  id: Type.Integer(),
  '=name': nullable(Type.String()),
  kind: nullable(Type.String()),
  amount: nullable(Type.Integer()),
  json: nullable(Type.Unknown()),
  list: nullable(Type.Array(Type.String())),
})
const fields = { '=name': { column: 'name' } }
const column = `id int primary key, name text, kind text, amount int, "json" jsonb, list text[]`

describe.each([
  ['COPY', undefined],
  ['rows', (row: Readonly<Record<string, unknown>>) => ({ ...row })],
])('an export for Excel by %s', (road, printRow) => {
  const from = `from_${road.toLowerCase()}`
  const to = `to_${road.toLowerCase()}`
  const source = defineResource(from, { table: from, schema, fields, ...(printRow && { printRow }) })
  const copy = defineResource(to, { table: to, schema, fields })
  beforeAll(() => database.pool.query(`create table ${from} (${column}); create table ${to} (${column})`))

  const back = async (delimiter?: ';' | '\t') => {
    const options = { resource: from, format: 'csv', excel: true, delimiter } as const
    const file = await exportShaped(database.pool, options, [source])
    const importer = createImporter({ pool: database.pool, resources: [copy] })
    const report = await importer.run({ resource: to, format: 'csv', excel: true, source: file })
    expect(report).toMatchObject({ failed: 0, errors: [] })
    expect(await rowsOf(database.pool, to)).toEqual(await rowsOf(database.pool, from))
    return file.toString()
  }

  test('comes back unchanged, and guards formulas that Excel would calculate', async () => {
    await database.pool.query(`insert into ${from} values
      (1, '=1+1', '-', -5, '-5', '{=1,-2}'), (2, null, '', null, null, null), (3, '''', '''=1', 0, '"=1"', '{}'),
      (4, E'\\n=1', E'a\\n=1', 1, '{"a":"=1"}', '{n}'), (5, E'\\t', ' =1', 1, null, '{""}'), (6, '''x', '"', 1, null, null)`)
    expect(await back()).toBe(
      `\ufeff${[
        `id,'=name,kind,amount,json,list`,
        `1,'=1+1,'-,-5,'-5,"{=1,-2}"`,
        '2,,"",,,',
        `3,'',''=1,0,"""=1""",{}`,
        `4,"'\n=1","a\n=1",1,"{""a"": ""=1""}",{n}`,
        `5,'\t,' =1,1,,"{""""}"`,
        `6,''x,"""",1,,`,
        '',
      ].join('\r\n')}`,
    )
  })

  test.each([undefined, ';', '\t'] as const)(
    'comes back unchanged for any text (delimiter %j)',
    async delimiter => {
      const unit = fc.constantFrom(...deciding, ',', ';', '\r\n', '\\', '.')
      const text = fc.option(fc.string({ unit, maxLength: 5 }), { freq: 5 })
      const row = fc.tuple(
        text,
        text,
        fc.option(fc.integer({ min: -9, max: 9 })),
        fc.option(fc.array(fc.string({ unit, maxLength: 3 }))),
      )
      await fc.assert(
        fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async rows => {
          await database.pool.query(`truncate ${from}, ${to}`)
          for (const [id, [name, kind, amount, list]] of rows.entries()) {
            await database.pool.query(`insert into ${from} values ($1, $2, $3, $4, to_jsonb($2::text), $5)`, [
              id,
              name,
              kind,
              amount,
              list,
            ])
          }
          await back(delimiter)
        }),
        { numRuns: Number(process.env.LADING_ROUND_TRIPS ?? 25) },
      )
    },
  )
})
