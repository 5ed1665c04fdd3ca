// Filters as text: what each name stands for, also where fields have unusual names.

import { Type } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import { readFilterTexts, withCreated } from '../../../src/engine/export/selection/filter-text.ts'
import { defineResource } from '../../../src/engine/resource/define.ts'
import type { Filters } from '../../../src/engine/resource/definition.ts'

const instant = Type.Optional(Type.String({ format: 'date-time' }))
const things = defineResource('things', {
  table: 'things',
  schema: Type.Object({
    role: Type.String(),
    limit: Type.Integer(),
    'size.gte': Type.Integer(),
    'a[b]': Type.Integer(),
    created_at: instant,
    secret: Type.String(),
  }),
  fields: { secret: { hidden: true } },
})
const read = (...pairs: [string, string][]) => readFilterTexts(things, pairs)

test.each<[[string, string][], object]>([
  [[['role', 'a']], { role: { in: ['a'] } }],
  [
    [
      ['role', 'a'],
      ['filter.role', 'b'],
    ],
    { role: { in: ['a', 'b'] } },
  ],
  [[['filter.limit', '1']], { limit: { in: ['1'] } }],
  [[['filter.limit.gte', '1']], { limit: { gte: '1' } }],
  [[['filter.limit[lt]', '1']], { limit: { lt: '1' } }],
  [[['size.gte', '1']], { 'size.gte': { in: ['1'] } }],
  [[['size.gte.gte', '1']], { 'size.gte': { gte: '1' } }],
  [[['a[b]', '1']], { 'a[b]': { in: ['1'] } }],
  [[['a[b][gt]', '1']], { 'a[b]': { gt: '1' } }],
  [[['role.null', 'true']], { role: { null: 'true' } }],
  [
    [
      ['created_after', 'x'],
      ['created_before', 'y'],
    ],
    { created_at: { gte: 'x', lt: 'y' } },
  ],
  [[], {}],
])('%j is %j', (pairs, filters) => {
  expect(read(...pairs)).toEqual(filters)
})

test.each<[[string, string][], string]>([
  [[['secret', 'a']], '"secret" is not a field that things can be filtered by.'],
  [[['secret.gte', 'a']], '"secret.gte" is not a field that things can be filtered by'],
  [[['role.', 'a']], 'The filter on "role" has no operator ""; known: gte, gt, lte, lt, null.'],
  [[['role[gte', 'a']], '"role[gte" is not a field that things can be filtered by'],
])('%j is rejected', (pairs, message) => {
  expect(() => read(...pairs)).toThrow(expect.objectContaining({ code: 'FILTER_INVALID' }))
  expect(() => read(...pairs)).toThrow(message)
})

describe('created_after and created_before', () => {
  test.each<[Filters, object]>([
    [{}, { created_at: { gte: 'x' } }],
    [{ role: 'a' }, { role: 'a', created_at: { gte: 'x' } }],
    [{ created_at: 'y' }, { created_at: { eq: 'y', gte: 'x' } }],
    [{ created_at: null }, { created_at: { eq: null, gte: 'x' } }],
    [{ created_at: ['y', 'z'] }, { created_at: { in: ['y', 'z'], gte: 'x' } }],
    [{ created_at: { lt: 'y' } }, { created_at: { lt: 'y', gte: 'x' } }],
  ])('are added to %j', (filters, both) => {
    expect(withCreated(things, filters, { created_after: 'x' })).toEqual(both)
  })

  test('contradict a bound that is given as well', () => {
    expect(() => withCreated(things, { created_at: { gte: 'y' } }, { created_after: 'x' })).toThrow(
      'The filter on "created_at" has more than one value for "gte".',
    )
  })

  test('need a field created_at', () => {
    const timeless = defineResource('timeless', { table: 'x', schema: Type.Object({ id: Type.Integer() }) })
    expect(() => withCreated(timeless, {}, { created_before: 'x' })).toThrow(
      '"created_at" is not a field that timeless can be filtered by. Known: id.',
    )
  })

  test('are filters if fields have these names', () => {
    const named = defineResource('named', {
      table: 'x',
      schema: Type.Object({ created_after: Type.Integer(), created_at: instant }),
    })
    expect(withCreated(named, {}, { created_after: '1', created_before: 'x' })).toEqual({
      created_after: { in: ['1'] },
      created_at: { lt: 'x' },
    })
  })
})
