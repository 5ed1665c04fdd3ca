// What a definition says about exports: masks, and fields of other tables.
import { Type } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import { defineResource } from '../../../src/engine/resource/define.ts'
import type { ResourceDefinition } from '../../../src/engine/resource/definition.ts'

describe('fields of exports', () => {
  const schema = Type.Object({ id: Type.Integer(), card: Type.String(), author_id: Type.Integer() })
  const things = (more: Partial<ResourceDefinition<typeof schema>>) =>
    defineResource('things', { table: 'things', schema, ...more })

  test('a mask hides everything by default', () => {
    const { fields } = things({ fields: { card: { mask: { keepLast: 4 } }, id: { hidden: true } } })
    expect(fields.map(({ hidden, mask }) => [hidden, mask])).toEqual([
      [true, undefined],
      [false, { keepFirst: 0, keepLast: 4 }],
      [false, undefined],
    ])
  })

  test.each([
    [{ fields: { id: { mask: {} } } }, 'Field "id" has a mask, which only text can have; hide it instead.'],
    [
      { fields: { card: { mask: { keepFirst: -1 } } } },
      'Field "card" has a mask whose keepFirst must be a whole number from 0 to 1000.',
    ],
    [
      { references: { author_id: { table: 'authors', show: { card: 'name' } } } },
      'Resource "things": "card" stands for both "card" and "card".',
    ],
  ])('%j is rejected', (more, message) => {
    expect(() => things(more)).toThrow(message)
  })

  test('of another table: an import reads lookup fields, and ignores fields that are only shown', () => {
    const { inputs, references } = things({
      references: {
        author_id: {
          table: 'authors',
          by: { author_email: 'email' },
          show: { author_name: { column: 'name', exported: true } },
        },
      },
    })
    expect(inputs.map(({ name, index, readOnly, required }) => [name, index, readOnly, required])).toEqual([
      ['id', 0, false, true],
      ['card', 1, false, true],
      ['author_id', 2, false, true],
      ['author_email', 3, false, false],
      ['author_name', 4, true, false],
    ])
    expect(
      references[0]?.joined.map(({ field, column, exported }) => [field.name, column, exported]),
    ).toEqual([
      ['author_email', 'email', false],
      ['author_name', 'name', true],
    ])
  })
})
