// Presence: absent, null and empty values of required, optional and nullable fields, from cells and from JSON.
import { type TSchema, Type } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import { defineResource } from '../../../src/engine/resource/define.ts'
import { judged } from '../../fixtures/judged-fixture.ts'

const nullable = (schema: TSchema) => Type.Union([schema, Type.Null()])

/** Fields of each kind; `it` is the one under test, and the other lets a header be complete without it. */
const resourceOf = (it: TSchema) =>
  defineResource('things', {
    table: 'things',
    schema: Type.Object({ other: Type.Optional(Type.String()), it }),
  })

const codesOf = async (it: TSchema, from: 'text' | 'json', given: Record<string, unknown>) =>
  (await judged(resourceOf(it), from, { other: 'x', ...given })).map(error => `${error.field} ${error.code}`)

const ok: string[] = []
const missing = ['it MISSING_FIELD']
const invalid = ['it INVALID_IT']

const text = Type.String()
const whole = Type.Integer()

describe('a cell', () => {
  test.each<[name: string, schema: TSchema, bare: string[], quotedEmpty: string[]]>([
    ['required text', text, missing, missing],
    ['required text that may be empty', Type.String({ minLength: 0 }), missing, ok],
    ['required nullable text', nullable(text), ok, missing],
    ['optional text', Type.Optional(text), ok, ok],
    ['optional text of a length', Type.Optional(Type.String({ minLength: 1 })), ok, invalid],
    ['optional text of a pattern', Type.Optional(Type.String({ pattern: '^a' })), ok, invalid],
    ['optional nullable text', Type.Optional(nullable(text)), ok, ok],
    ['a required union of literals', Type.Union([Type.Literal('a'), Type.Literal('b')]), missing, missing],
    ['required integer', whole, missing, missing],
    ['required nullable integer', nullable(whole), ok, ok],
    ['optional integer', Type.Optional(whole), ok, ok],
    ['required list', Type.Array(text), missing, missing],
    ['optional list', Type.Optional(Type.Array(text)), ok, ok],
  ])('%s', async (_, schema, bare, quotedEmpty) => {
    expect(await codesOf(schema, 'text', { it: null })).toEqual(bare)
    expect(await codesOf(schema, 'text', { it: '' })).toEqual(quotedEmpty)
  })

  test('of a column that the file does not have is absent', async () => {
    expect(await codesOf(Type.Optional(text), 'text', {})).toEqual(ok)
    expect(await codesOf(Type.Optional(whole), 'text', {})).toEqual(ok)
  })
})

describe('a JSON member', () => {
  test.each<[name: string, schema: TSchema, absent: string[], isNull: string[], empty: string[]]>([
    ['required text', text, missing, missing, missing],
    ['required text that may be empty', Type.String({ minLength: 0 }), missing, missing, ok],
    ['required nullable text', nullable(text), missing, ok, missing],
    ['optional text', Type.Optional(text), ok, ok, ok],
    ['optional text of a pattern', Type.Optional(Type.String({ pattern: '^a' })), ok, ok, invalid],
    ['optional nullable text', Type.Optional(nullable(text)), ok, ok, ok],
    ['required integer', whole, missing, missing, missing],
    ['required nullable integer', nullable(whole), missing, ok, ok],
    ['optional integer', Type.Optional(whole), ok, ok, ok],
    ['required list', Type.Array(text), missing, missing, missing],
    ['required json', Type.Unknown(), missing, missing, ok],
  ])('%s', async (_, schema, absent, isNull, empty) => {
    expect(await codesOf(schema, 'json', {})).toEqual(absent)
    expect(await codesOf(schema, 'json', { it: null })).toEqual(isNull)
    expect(await codesOf(schema, 'json', { it: '' })).toEqual(empty)
  })

  test('that is an empty list is a value', async () => {
    expect(await codesOf(Type.Array(text), 'json', { it: [] })).toEqual(ok)
    expect(await codesOf(Type.Array(text, { minItems: 1 }), 'json', { it: [] })).toEqual(invalid)
  })

  test('false and 0 are values', async () => {
    expect(await codesOf(Type.Boolean(), 'json', { it: false })).toEqual(ok)
    expect(await codesOf(whole, 'json', { it: 0 })).toEqual(ok)
  })
})

test('a field may name its own codes', async () => {
  const things = defineResource('things', {
    table: 'things',
    schema: Type.Object({ body: Type.String({ maxLength: 3, pattern: '^a' }) }),
    fields: { body: { codes: { missing: 'BODY_EMPTY', invalid: 'BODY_ODD', tooLong: 'BODY_TOO_LONG' } } },
  })
  const errors = await Promise.all(
    [{ body: null }, { body: '' }, { body: 'b' }, { body: 'aaaa' }, { body: 1 }].map(given =>
      judged(things, 'json', given),
    ),
  )
  expect(errors.flat().map(({ code, message }) => `${code} ${message}`)).toEqual([
    'BODY_EMPTY "body" is required.',
    'BODY_EMPTY "body" is required.',
    'BODY_ODD "body" must have the form ^a.',
    'BODY_TOO_LONG "body" is longer than 3 characters.',
    'BODY_ODD "body" must have the form ^a.',
  ])
})
