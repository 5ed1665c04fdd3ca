// Sequences that others own or use: a role with fewer rights does less, with a warning, and no number is given twice.
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { draws } from '../../fixtures/sequences-fixture.ts'

let database: TestDatabase
const role = `lading_writer_${process.pid}`
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`create role ${role} login password 'x'`)
})
afterAll(async () => {
  await database.pool.query(`drop owned by ${role}; drop role ${role}`)
  await database.drop()
})

describe('a role that does not own the sequence', () => {
  async function asWriter(options: string, privileges: string) {
    const made = await draws(database.pool, options)
    await database.pool.query(`grant select, insert on ${made.table} to ${role}`)
    if (privileges !== '')
      await database.pool.query(`grant ${privileges} on sequence ${made.sequence} to ${role}`)
    const url = new URL(database.url)
    url.username = role
    url.password = 'x'
    const pool = new pg.Pool({ connectionString: url.href, max: 1 })
    return {
      ...made,
      async write(...ids: number[]) {
        try {
          return (await made.run(ids, { pool })).map(({ code, detail }) => {
            expect(detail).toContain(`public.${made.sequence}`)
            expect(detail).toContain('"id"')
            return code
          })
        } finally {
          await pool.end()
        }
      },
    }
  }

  test.each([
    ['draws', 'usage', [4, 9_000], [], 9_001],
    ['draws far', 'usage, select', [400_000], [], 400_001],
    ['draws, where it may set', 'update', [4, 9], [], 10],
    [
      'sets it if it is far, which is reported',
      'update, select',
      [400_000],
      ['SEQUENCE_NOT_LOCKED'],
      400_001,
    ],
    ['sets it, and draws', 'all', [400_000], ['SEQUENCE_NOT_LOCKED'], 400_001],
    ['may only look', 'select', [4], ['SEQUENCE_NOT_ADVANCED'], 1],
    ['may do nothing', '', [4], ['SEQUENCE_NOT_ADVANCED'], 1],
    ['may only draw, and would for ever', 'usage', [9_000_000_000], ['SEQUENCE_NOT_ADVANCED'], 1],
  ] as [string, string, number[], string[], number][])(
    '%s',
    async (_, privileges, ids, warnings, expected) => {
      const { write, next } = await asWriter('', privileges)
      expect(await write(...ids)).toEqual(warnings)
      expect(await next()).toBe(expected)
    },
  )

  test('is not warned if the sequence is already past the values', async () => {
    const { write, next } = await asWriter('start 50', 'select')
    expect(await write(4)).toEqual([])
    expect(await next()).toBe(50)
  })

  test('cannot reset numbers that sessions cache, which is reported', async () => {
    const { write } = await asWriter('cache 20', 'usage')
    expect(await write(4)).toEqual(['SEQUENCE_NOT_LOCKED'])
  })
})

describe('concurrent sessions that draw numbers', () => {
  test('never get a number twice, nor one that is imported later', async () => {
    const { run, sequence } = await draws(database.pool, '')
    const drawn: number[] = []
    let isOver = false
    const others = [0, 1].map(async () => {
      while (!isOver) {
        const { rows } = await database.pool.query(
          `select nextval('${sequence}')::int as n from generate_series(1, 3)`,
        )
        drawn.push(...rows.map(({ n }) => n))
      }
    })
    for (const id of [1_000_000, 1_000_300, 2_000_000, 2_000_100]) {
      await run([id])
      const after = (await database.pool.query(`select nextval('${sequence}')::int as n`)).rows[0].n
      expect(after).toBeGreaterThan(id)
      drawn.push(after)
    }
    isOver = true
    await Promise.all(others)
    expect(new Set(drawn).size).toBe(drawn.length)
  })

  test('in a transaction that stays open block the lock: the sequence is set, which is reported, and the import ends', async () => {
    const { run, sequence, next } = await draws(database.pool, '')
    const other = await database.pool.connect()
    await other.query(`begin; select nextval('${sequence}')`)
    expect((await run([400_000])).map(({ code }) => code)).toEqual(['SEQUENCE_NOT_LOCKED'])
    await other.query('commit')
    other.release()
    expect(await next()).toBe(400_001)
  })
})

test('a long read of the sequence, such as a dump, does not block the lock', async () => {
  const { run, sequence, next } = await draws(database.pool, '')
  const dump = await database.pool.connect()
  await dump.query(`begin isolation level repeatable read; select * from ${sequence}`)
  expect(await run([400_000])).toEqual([])
  await dump.query('commit')
  dump.release()
  expect(await next()).toBe(400_001)
})
