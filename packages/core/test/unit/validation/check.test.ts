// check: receives the fields that are valid by themselves, and adds errors without repeating known ones.
import { Type } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import { defineResource } from '../../../src/engine/resource/define.ts'
import type { Issue } from '../../../src/engine/resource/definition.ts'
import { judged } from '../../fixtures/judged-fixture.ts'

type Check = (record: Record<string, unknown>, issue: Issue) => void

const resourceWith = (check: Check) =>
  defineResource('articles', {
    table: 'articles',
    schema: Type.Object({
      slug: Type.String({ pattern: '^[a-z-]+$' }),
      title: Type.String({ maxLength: 5 }),
      status: Type.Union([Type.Literal('draft'), Type.Literal('published')]),
      published_at: Type.Optional(Type.String({ format: 'date-time' })),
      meta: Type.Optional(Type.Unknown()),
    }),
    key: ['slug'],
    check: check as never,
  })

const brief = async (check: Check, given: Record<string, unknown>, from: 'text' | 'json' = 'json') =>
  (await judged(resourceWith(check), from, given)).map(({ field, code }) => `${field} ${code}`)

const good = { slug: 'a-b', title: 'Title', status: 'draft' }

describe('check', () => {
  test('is called once per record, with parsed values', async () => {
    const seen: unknown[] = []
    const given = { ...good, published_at: null, meta: '{"a":[1]}' }
    expect(await brief(record => seen.push({ ...record }), given, 'text')).toEqual([])
    expect(seen).toEqual([{ ...good, published_at: null, meta: { a: [1] } }])
  })

  test('does not see invalid, missing or absent fields', async () => {
    const seen: unknown[] = []
    const given = { slug: 'A B', title: 'Longer', status: '', published_at: 'yesterday' }
    expect(await brief(record => seen.push({ ...record }), given)).toEqual([
      'slug INVALID_SLUG',
      'title INVALID_TITLE',
      'status MISSING_FIELD',
      'published_at INVALID_TIMESTAMP',
    ])
    expect(seen).toEqual([{}])
  })

  test('is not called for a record that never became fields', async () => {
    let calls = 0
    expect(await brief(() => calls++, { slug: 'a', Slug: 'b' })).toEqual(['slug DUPLICATE_JSON_KEY'])
    expect(calls).toBe(0)
  })

  test('adds errors with the value that was given', async () => {
    const errors = await judged(
      resourceWith((_, issue) => issue('published_at', 'INVALID_PUBLISHED_AT', 'Not for drafts.')),
      'json',
      { ...good, published_at: '2024-01-31T12:00:00Z' },
    )
    expect(errors).toEqual([
      {
        rowNumber: 2,
        line: 2,
        recordIdentifier: 'a-b',
        field: 'published_at',
        code: 'INVALID_PUBLISHED_AT',
        message: 'Not for drafts.',
        value: '2024-01-31T12:00:00Z',
      },
    ])
  })

  test('adds nothing to a field that already has an error', async () => {
    const check: Check = (_, issue) => {
      issue('slug', 'SLUG_ODD', 'Odd.')
      issue('title', 'TITLE_ODD', 'Odd.')
    }
    expect(await brief(check, { ...good, slug: 'A B' })).toEqual(['slug INVALID_SLUG', 'title TITLE_ODD'])
  })

  test('cannot change the record', async () => {
    const check: Check = record => {
      record.title = 'much too long'
      delete record.slug
    }
    expect(await brief(check, good)).toEqual([])
  })

  test('reports an issue of an unknown field for the whole record', async () => {
    expect(await brief((_, issue) => issue('nothing', 'ODD', 'Odd.'), good)).toEqual(['null ODD'])
  })
})

describe('the order of errors', () => {
  test('is that of the fields, whichever rule reported them', async () => {
    const check: Check = (_, issue) => {
      issue('published_at', 'LATE', 'Late.')
      issue('slug', 'TAKEN', 'Taken.')
    }
    expect(await brief(check, { meta: 1, status: 'x', title: 'Longer', slug: 'ok' })).toEqual([
      'slug TAKEN',
      'title INVALID_TITLE',
      'status INVALID_STATUS',
      'published_at LATE',
    ])
  })

  test('is the same for cells in another order', async () => {
    const given = { published_at: 'x', status: null, slug: 'A', title: 'Longer' }
    expect(await brief(() => undefined, given, 'text')).toEqual([
      'slug INVALID_SLUG',
      'title INVALID_TITLE',
      'status MISSING_FIELD',
      'published_at INVALID_TIMESTAMP',
    ])
  })
})
