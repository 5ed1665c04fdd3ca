// Imports within the scope of a caller: records are written for its tenant, and rows of other tenants are neither changed nor revealed.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import type { RunOptions } from '../../../src/index.ts'
import { articles, ddl, type Item, peopleOf, rows, run } from '../../fixtures/scope-fixture.ts'
import { briefly, bytes, rowsOf } from '../../support.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(ddl)
})
afterAll(() => database.drop())
beforeEach(() => database.pool.query(rows))

const people = peopleOf()
const resources = [people, articles]
const imported = (source: readonly Item[] | Buffer, options?: Partial<RunOptions>) =>
  run(database.pool, resources, 'people', source, options)
const table = () => rowsOf(database.pool, 'people')

const ann = '(11,1,ann@x,A1,,Ann)'
const bob = '(12,1,bob@x,B1,11,Bob)'
const others = ['(21,2,Ann@x,A2,,Anna)', '(22,2,bob@x,B2,21,Bobby)', '(23,2,eve@x,E2,,Eve)']

describe('two tenants with the same natural keys', () => {
  const file = bytes('id,email,badge,name\n31,ann@x,,New\n32,EVE@x,E1,Eva\n33,eve@x,,Again\n')

  test('have separate rows: only rows of the same tenant are duplicates', async () => {
    const { counts, errors } = await imported(file)
    expect(counts).toEqual({ inserted: 1, updated: 0, ignored: 0, failed: 2 })
    expect(
      errors.map(({ rowNumber, field, code, message, recordIdentifier, value }) => [
        rowNumber,
        field,
        code,
        message,
        recordIdentifier,
        value,
      ]),
    ).toEqual([
      [2, 'email', 'DUPLICATE_EMAIL', 'The same "email" is already in people.', 'ann@x', 'ann@x'],
      [4, 'email', 'DUPLICATE_EMAIL', 'The same "email" is already in row 3 of this file.', 'eve@x', 'eve@x'],
    ])
    expect(await table()).toEqual([ann, bob, ...others, '(32,1,EVE@x,E1,,Eva)'])
  })

  test('ignore and update affect the own rows', async () => {
    const same = bytes('id,email,name\n11,ann@x,Annie\n12,BOB@x,Bob\n31,eve@x,Eva\n')
    const ignored = await imported(same, { onConflict: 'ignore' })
    expect(ignored.counts).toEqual({ inserted: 1, updated: 0, ignored: 2, failed: 0 })
    expect(await table()).toEqual([ann, bob, ...others, '(31,1,eve@x,,,Eva)'])
    const updated = await imported(same, { onConflict: 'update' })
    expect(updated.counts).toEqual({ inserted: 0, updated: 2, ignored: 1, failed: 0 })
    expect(await table()).toEqual([
      '(11,1,ann@x,A1,,Annie)',
      '(12,1,BOB@x,B1,11,Bob)',
      ...others,
      '(31,1,eve@x,,,Eva)',
    ])
  })

  test('each import the whole of the same file', async () => {
    await database.pool.query('truncate people, articles')
    const badgeless = (from: number) => bytes(`id,email\n${from},ann@x\n${from + 1},bob@x\n`)
    expect((await imported(badgeless(1))).counts?.inserted).toBe(2)
    expect((await imported(badgeless(3), { caller: { tenant: '2' } })).counts?.inserted).toBe(2)
    expect(await table()).toEqual(['(1,1,ann@x,,,)', '(2,1,bob@x,,,)', '(3,2,ann@x,,,)', '(4,2,bob@x,,,)'])
  })
})

describe('a key that is taken by another tenant', () => {
  /** The id of Eve, the badge of Bobby, both at once, and a record that is good. */
  const clashing: readonly Item[] = [
    { id: 23, email: 'new1@x', name: 'One' },
    { id: 41, email: 'new2@x', badge: 'B2', name: 'Two' },
    { id: 22, email: 'new3@x', badge: 'A2', name: 'Three' },
    { id: 42, email: 'new4@x', name: 'Four' },
  ]
  const message =
    'This record cannot be imported: one of its values must be unique and is not available. Choose another value, or leave it out.'
  const reported = clashing.slice(0, 3).map((item, index) => ({
    rowNumber: index + 1,
    line: index + 1,
    recordIdentifier: item.email,
    field: null,
    code: 'CONSTRAINT_VIOLATION',
    message,
  }))
  const unread = ({ value: _, ...error }: { value: string | null }) => error

  describe.each(['error', 'ignore', 'update'] as const)('under %s', onConflict => {
    test.each<[string, Partial<RunOptions>, boolean]>([
      ['an import', {}, true],
      ['a dry run', { dryRun: true }, false],
      ['an atomic import', { atomic: true }, false],
    ])('is reported by %s without revealing its owner', async (_, options, isWritten) => {
      const { errors } = await imported(clashing, { onConflict, ...options })
      expect(errors.map(unread)).toEqual(reported)
      expect(await table()).toEqual([ann, bob, ...others, ...(isWritten ? ['(42,1,new4@x,,,Four)'] : [])])
    })

    test('and in a transaction of the caller', async () => {
      const client = await database.pool.connect()
      await client.query('begin')
      const { errors } = await imported(clashing, { onConflict, client })
      await client.query('commit')
      client.release()
      expect(errors.map(unread)).toEqual(reported)
      expect(await table()).toEqual([ann, bob, ...others, '(42,1,new4@x,,,Four)'])
    })
  })

  test.each<[Item, string]>([
    [{ id: 23, email: 'bob@x', name: 'x' }, '1 email DUPLICATE_EMAIL'],
    [{ id: 99, email: 'bob@x', name: 'x' }, '1 email DUPLICATE_EMAIL'],
    [{ id: 11, email: 'ann@x', badge: 'B2' }, '1 null CONSTRAINT_VIOLATION'],
    [{ id: 11, email: 'ann@x', badge: 'B1' }, '1 badge DUPLICATE_BADGE'],
  ])('is not updated, and no other update reaches it: %j', async (item, error) => {
    const { errors } = await imported([item], { onConflict: 'update' })
    expect(briefly(errors)).toEqual([error])
    expect(await table()).toEqual([ann, bob, ...others])
  })
})

describe('references', () => {
  const written = (source: readonly Item[], options?: Partial<RunOptions>) =>
    run(database.pool, resources, 'articles', source, options)
  const own = async () =>
    (await rowsOf(database.pool, 'articles', 'tenant_id, slug')).filter(row => row.startsWith('(1,'))

  test.each(['error', 'ignore', 'update'] as const)(
    'under %s find rows of the own tenant only, by id and by name',
    async onConflict => {
      const { errors } = await written(
        [
          { slug: 'a', author_id: 12 },
          { slug: 'b', author_id: 22 },
          { slug: 'c', author_id: 99 },
          { slug: 'd', author_email: 'BOB@x' },
          { slug: 'e', author_email: 'eve@x' },
          { slug: 'f', author_id: 21, author_email: 'ann@x' },
          { slug: 'refused', author_id: 11 },
          { slug: 'g', author_id: 23 },
        ],
        { onConflict },
      )
      expect(briefly(errors)).toEqual([
        '2 author_id AUTHOR_NOT_FOUND',
        '3 author_id AUTHOR_NOT_FOUND',
        '5 author_email AUTHOR_NOT_FOUND',
        '6 author_email AUTHOR_NOT_FOUND',
        '7 slug CONSTRAINT_VIOLATION',
        '8 author_id AUTHOR_NOT_FOUND',
      ])
      const [foreign, absent] = errors
      expect(foreign?.message.replace('22', '99')).toBe(absent?.message)
      expect(await own()).toEqual(['(1,a,12)', '(1,d,12)', '(1,one,11)'])
    },
  )

  test.each([{}, { dryRun: true }, { atomic: true }])('into the table itself: %j', async options => {
    const { errors } = await imported(
      [
        { id: 51, email: 'a@x', boss_id: 11 },
        { id: 52, email: 'b@x', boss_id: 21 },
        { id: 53, email: 'c@x', boss_email: 'eve@x' },
        { id: 54, email: 'd@x', boss_email: 'A@x' },
        { id: 55, email: 'e@x', boss_id: 52 },
      ],
      options,
    )
    expect(briefly(errors)).toEqual([
      '2 boss_id BOSS_NOT_FOUND',
      '3 boss_email BOSS_NOT_FOUND',
      '5 boss_id BOSS_NOT_FOUND',
    ])
    const kept = Object.keys(options).length === 0 ? ['(51,1,a@x,,11,)', '(54,1,d@x,,51,)'] : []
    expect(await table()).toEqual([ann, bob, ...others, ...kept])
  })

  test('a caller who sees every tenant cannot refer to a row by a name that is unique per tenant', async () => {
    const all = [peopleOf({ scope: () => ({}) }), articles]
    const { errors } = await run(database.pool, all, 'people', [
      { id: 51, tenant_id: 2, email: 'a@x', boss_id: 21 },
      { id: 52, tenant_id: 2, email: 'b@x', boss_email: 'ann@x' },
    ])
    expect(errors).toMatchObject([
      {
        rowNumber: 2,
        field: 'boss_email',
        code: 'INVALID_BOSS_EMAIL',
        message: '"boss_email" may match several rows here; give "boss_id" instead.',
        value: 'ann@x',
      },
    ])
    expect((await table()).at(-1)).toBe('(51,2,a@x,,21,)')
  })
})
