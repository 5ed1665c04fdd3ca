// defineResource: what it compiles, and each contradiction that it rejects.
import { type TSchema, Type } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import { defineResource } from '../../../src/engine/resource/define.ts'
import type { ResourceDefinition } from '../../../src/engine/resource/definition.ts'
import type { ColumnType } from '../../../src/engine/resource/schema/column-type.ts'
import { LadingError } from '../../../src/errors/lading-error.ts'

const one = (schema: TSchema) =>
  defineResource('things', { table: 'things', schema: Type.Object({ it: schema }) }).fields[0]

describe('the column type of a schema', () => {
  test.each<[name: string, schema: TSchema, type: ColumnType]>([
    ['String', Type.String(), { kind: 'text' }],
    ['String with a pattern', Type.String({ pattern: '^a$' }), { kind: 'text' }],
    ['String, format email', Type.String({ format: 'email' }), { kind: 'text' }],
    ['String, format uuid', Type.String({ format: 'uuid' }), { kind: 'uuid' }],
    ['String, format date', Type.String({ format: 'date' }), { kind: 'date' }],
    ['String, format date-time', Type.String({ format: 'date-time' }), { kind: 'timestamp' }],
    ['String, format int64', Type.String({ format: 'int64' }), { kind: 'bigint' }],
    ['String, format decimal', Type.String({ format: 'decimal' }), { kind: 'numeric' }],
    ['a format named like an object member', Type.String({ format: 'constructor' }), { kind: 'text' }],
    ['Literal', Type.Literal('a'), { kind: 'text' }],
    ['a union of literals', Type.Union([Type.Literal('a'), Type.Literal('b')]), { kind: 'text' }],
    ['Integer', Type.Integer(), { kind: 'integer' }],
    ['Number', Type.Number(), { kind: 'float' }],
    ['BigInt', Type.BigInt(), { kind: 'bigint' }],
    ['Boolean', Type.Boolean(), { kind: 'boolean' }],
    ['Object', Type.Object({}), { kind: 'json' }],
    ['Record', Type.Record(Type.String(), Type.Number()), { kind: 'json' }],
    ['Unknown', Type.Unknown(), { kind: 'json' }],
    ['Any', Type.Any(), { kind: 'json' }],
    ['Array of String', Type.Array(Type.String()), { kind: 'array', element: 'text' }],
    ['Array of uuid', Type.Array(Type.String({ format: 'uuid' })), { kind: 'array', element: 'uuid' }],
    ['Array of Object', Type.Array(Type.Object({})), { kind: 'array', element: 'json' }],
    [
      'Array of Array of Integer',
      Type.Array(Type.Array(Type.Integer())),
      { kind: 'array', element: 'integer', dimensions: 2 },
    ],
  ])('%s', (_, schema, type) => {
    expect(one(schema)).toMatchObject({ type, nullable: false, required: true })
    expect(one(Type.Optional(schema))).toMatchObject({ type, nullable: false, required: false })
    expect(one(Type.Union([schema, Type.Null()]))).toMatchObject({ type, nullable: true, required: true })
  })

  test.each<[name: string, schema: TSchema]>([
    ['Null', Type.Null()],
    ['a numeric literal', Type.Literal(1)],
    ['a union of numeric literals', Type.Union([Type.Literal(1), Type.Literal(2)])],
    ['a union of types', Type.Union([Type.String(), Type.Number()])],
    ['an array of arrays or null', Type.Array(Type.Union([Type.Array(Type.String()), Type.Null()]))],
    [
      'an array of seven dimensions',
      Array.from({ length: 7 }).reduce<TSchema>(items => Type.Array(items), Type.String()),
    ],
    ['Date', Type.Date()],
    ['Never', Type.Never()],
    ['Tuple', Type.Tuple([Type.String()])],
  ])('%s fits no column type', (_, schema) => {
    expect(() => one(schema)).toThrow(
      'Field "it" has a schema that no column type fits; use a String, Integer, Number, BigInt, Boolean, Object, a union of texts (literals), or an Array of one of them.',
    )
  })
})

describe('codes', () => {
  test('are derived from the type or the name', () => {
    const { fields } = defineResource('things', {
      table: 'things',
      schema: Type.Object({
        id: Type.String({ format: 'uuid' }),
        active: Type.Boolean(),
        publishedAt: Type.String({ format: 'date-time' }),
        born: Type.String({ format: 'date' }),
        firstName: Type.String(),
        'e-mail address': Type.String(),
        größe: Type.Integer(),
        名前: Type.String(),
        住所: Type.String(),
        '%': Type.Integer(),
      }),
    })
    expect(fields.map(field => field.codes.invalid)).toEqual([
      'INVALID_UUID',
      'INVALID_BOOLEAN',
      'INVALID_TIMESTAMP',
      'INVALID_BORN',
      'INVALID_FIRST_NAME',
      'INVALID_E_MAIL_ADDRESS',
      'INVALID_GRÖSSE',
      'INVALID_名前',
      'INVALID_住所',
      'INVALID__',
    ])
    expect(fields.every(field => field.codes.missing === 'MISSING_FIELD')).toBe(true)
    expect(fields.every(field => field.codes.tooLong === field.codes.invalid)).toBe(true)
  })

  test('of keys and references are derived from their fields', () => {
    const resource = defineResource('things', {
      table: 'things',
      schema: Type.Object({
        tenant: Type.String(),
        code: Type.String(),
        author_id: Type.String(),
        userId: Type.String(),
        id: Type.String(),
        paid: Type.Integer(),
        bookID: Type.Integer(),
        'case id': Type.Integer(),
        VALID: Type.Integer(),
      }),
      key: ['tenant', 'code'],
      references: {
        author_id: { table: 'users' },
        userId: { table: 'users', column: 'uid' },
        id: { table: 'x' },
        paid: { table: 'payments' },
        bookID: { table: 'books' },
        'case id': { table: 'cases' },
        VALID: { table: 'checks' },
      },
    })
    expect(resource.keys.map(key => key.code)).toEqual(['DUPLICATE_TENANT_CODE'])
    expect(resource.references.map(({ code, column }) => [code, column])).toEqual([
      ['AUTHOR_NOT_FOUND', 'id'],
      ['USER_NOT_FOUND', 'uid'],
      ['ID_NOT_FOUND', 'id'],
      ['PAID_NOT_FOUND', 'id'],
      ['BOOK_NOT_FOUND', 'id'],
      ['CASE_NOT_FOUND', 'id'],
      ['VALID_NOT_FOUND', 'id'],
    ])
  })
})

describe('contradictions', () => {
  const schema = Type.Object({ email: Type.String(), name: Type.String() })
  const define = (name: string, definition: Partial<ResourceDefinition<typeof schema>>) =>
    defineResource(name, { table: 'things', schema, ...definition })

  test.each<[name: string, make: () => unknown, message: string]>([
    ['a name with capitals', () => define('Users', {}), 'Resource "Users": its name must be'],
    ['an empty name', () => define('', {}), 'Resource "": its name must be'],
    ['a name of 64 characters', () => define('a'.repeat(64), {}), 'its name must be'],
    ['a name with a line ending', () => define('users\n', {}), 'its name must be'],
    [
      'a key that is not a field',
      () => define('users', { key: ['emial'] as never }),
      'key names "emial", which is not a field; did you mean "email"?',
    ],
    [
      'a key that is an object member',
      () => define('users', { key: ['constructor'] as never }),
      'key names "constructor", which is not a field.',
    ],
    [
      'a reference that is not a field',
      () => define('users', { references: { other: { table: 'x' } } as never }),
      'references names "other", which is not a field.',
    ],
    [
      'options of an unknown field',
      () => define('users', { fields: { nmae: {} } as never }),
      'fields names "nmae", which is not a field; did you mean "name"?',
    ],
    [
      'an alias that is another field',
      () => define('users', { fields: { name: { aliases: ['EMAIL'] } } }),
      '"EMAIL" stands for both "email" and "name".',
    ],
    [
      'an alias twice',
      () => define('users', { fields: { name: { aliases: ['x', 'X'] } } }),
      '"X" stands for both "name" and "name".',
    ],
    [
      'two fields of one column',
      () => define('users', { fields: { name: { column: 'email' } } }),
      'Resource "users": the fields "email" and "name" both use the column "email"; remove one, or give it a column of its own.',
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(LadingError)
    expect(make).toThrow(message)
  })

  test.each<[name: string, field: string]>([
    ['empty', ''],
    ['64 bytes long', 'x'.repeat(64)],
    ['64 bytes long in 32 characters', 'é'.repeat(32)],
  ])('a field name that is %s', (_, field) => {
    expect(() =>
      defineResource('things', { table: 'things', schema: Type.Object({ [field]: Type.String() }) }),
    ).toThrow('must have 1 to 63 bytes')
  })

  test('fields named like members of Object.prototype work like any other', () => {
    const { fields } = defineResource('things', {
      table: 'things',
      schema: Type.Object({ constructor: Type.String(), toString: Type.String(), valueOf: Type.Integer() }),
    })
    expect(fields.map(({ name, column, aliases, required }) => [name, column, aliases, required])).toEqual([
      ['constructor', 'constructor', [], true],
      ['toString', 'toString', [], true],
      ['valueOf', 'valueOf', [], true],
    ])
  })
})
