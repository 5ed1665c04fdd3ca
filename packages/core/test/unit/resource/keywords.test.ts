// An import checks every keyword of a schema, or defineResource rejects it: none is ignored.
import { Kind, type TSchema, Type, TypeRegistry } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import { defineResource } from '../../../src/engine/resource/define.ts'
import { LadingError } from '../../../src/errors/lading-error.ts'

const define = (it: TSchema, options?: object) =>
  defineResource('things', { table: 'things', schema: Type.Object({ it }, options) })

describe('a keyword that no import checks is rejected by name', () => {
  test.each<[name: string, schema: TSchema, reported: string]>([
    [
      'a typing error',
      Type.String({ maxlength: 5 }),
      'the unsupported keyword "maxlength" on a Type.String; did you mean "maxLength"?',
    ],
    [
      'of another type',
      Type.String({ minimum: 5 }),
      'the unsupported keyword "minimum" on a Type.String; check it in the resource\'s own check.',
    ],
    [
      'of a text, on a number',
      Type.Integer({ pattern: '^1' }),
      'the unsupported keyword "pattern" on a Type.Integer; check it in the resource\'s own check.',
    ],
    [
      'bounds of dates',
      Type.String({ format: 'date', formatMinimum: '2024-01-01' }),
      'the unsupported keyword "formatMinimum" on a Type.String; check it in the resource\'s own check.',
    ],
    [
      'a default',
      Type.Optional(Type.String({ default: 'x' })),
      'the unsupported keyword "default" on a Type.String; give its column a default in the table, or set it in the resource\'s lookUp.',
    ],
    [
      'readOnly',
      Type.String({ readOnly: true }),
      'the unsupported keyword "readOnly" on a Type.String; set readOnly under "fields" of the resource.',
    ],
    [
      'nullable',
      Type.String({ nullable: true }),
      'the unsupported keyword "nullable" on a Type.String; write Type.Union([…, Type.Null()]).',
    ],
    [
      'on a union',
      Type.Union([Type.String(), Type.Null()], { maxLength: 5 }),
      'the unsupported keyword "maxLength" on a Type.Union; check it in the resource\'s own check.',
    ],
    [
      'of an element',
      Type.Array(Type.String({ minimum: 1 })),
      'the unsupported keyword "minimum" on a Type.String; check it in the resource\'s own check (in items).',
    ],
    [
      'within JSON',
      Type.Object({ a: Type.Array(Type.Object({ b: Type.Number({ min: 1 }) })) }),
      'the unsupported keyword "min" on a Type.Number; check it in the resource\'s own check (in properties.a.items.properties.b).',
    ],
    [
      'a condition',
      Type.Object({}, { if: {}, else: {} }),
      'the unsupported keyword "if" on a Type.Object; check it in the resource\'s own check.',
    ],
    [
      'named like an object member',
      Type.String({ constructor: 1 }),
      'the unsupported keyword "constructor" on a Type.String; check it in the resource\'s own check.',
    ],
    [
      'with a format of another type',
      Type.Integer({ format: 'date' }),
      'a keyword "format" that must be "int32" or "int64".',
    ],
    [
      'with a value that it cannot have',
      Type.String({ minLength: '2' as never }),
      'a keyword "minLength" that must be a whole number from 0.',
    ],
    [
      'with an invalid pattern',
      Type.String({ pattern: '(' }),
      'a keyword "pattern" that must be a regular expression.',
    ],
    [
      'with steps of 0',
      Type.Integer({ multipleOf: 0 }),
      'a keyword "multipleOf" that must be a number above 0.',
    ],
    [
      'with values of another type',
      Type.Integer({ enum: ['1'] }),
      'a keyword "enum" that must be a list of values, each a number.',
    ],
    [
      'a number that is a word',
      Type.String({ format: 'decimal', minimum: 'x' }),
      'a keyword "minimum" that must be a number, as text if it has many digits.',
    ],
    [
      'a Transform',
      Type.Transform(Type.String())
        .Decode(value => value)
        .Encode(value => value),
      'a Type.Transform, which an import does not run; use transform under "fields" of the resource.',
    ],
    [
      'a Date within JSON',
      Type.Object({ a: Type.Date() }),
      'a Type.Date, which an import cannot check; use another type (in properties.a).',
    ],
    [
      'a BigInt within JSON',
      Type.Object({ a: Type.BigInt() }),
      'a Type.BigInt, which an import cannot check; use another type (in properties.a).',
    ],
    [
      'Unsafe within JSON',
      Type.Object({ a: Type.Unsafe({ type: 'string' }) }),
      'a Type.Unsafe, which an import cannot check; use another type (in properties.a).',
    ],
    [
      'a reference that leads nowhere',
      Type.Object({ a: Type.Ref('Nowhere') }),
      'a Type.Ref to "Nowhere", which its schema does not contain; use Type.Module or Type.Recursive.',
    ],
    [
      'plain JSON Schema',
      Type.Object({ a: { type: 'string' } as never }),
      "a schema that was not made with TypeBox's Type; use Type.Object, Type.String and the like (in properties.a).",
    ],
  ])('%s', (_, schema, reported) => {
    expect(() => define(schema)).toThrow(LadingError)
    expect(() => define(schema)).toThrow(`Field "it" has ${reported}`)
  })
})

test('the schema of the resource itself has no ignored keyword', () => {
  expect(() => define(Type.String(), { minProperties: 2 })).toThrow(
    'Resource "things": its schema has the unsupported keyword "minProperties"; write it in the resource\'s own check.',
  )
  expect(
    define(Type.String(), { $id: 'things', title: 'Things', description: 'All of them.' }).fields,
  ).toHaveLength(1)
})

describe('keywords for readers are allowed', () => {
  const notes = {
    title: 'It',
    description: 'it',
    examples: ['a'],
    deprecated: true,
    $comment: 'c',
    'x-width': 5,
  }
  test.each<[name: string, schema: TSchema]>([
    ['of a field', Type.String(notes)],
    ['of an element', Type.Array(Type.String(notes), notes)],
    ['of a union', Type.Union([Type.Literal('a', notes), Type.Null()], notes)],
    ['within JSON', Type.Object({ a: Type.Number(notes) }, notes)],
  ])('%s', (_, schema) => {
    expect(define(schema).fields).toHaveLength(1)
  })

  test('a custom kind has its own keywords', () => {
    TypeRegistry.Set('Colour', (_, value) => value === 'red')
    const colour = { [Kind]: 'Colour', shades: 3 } as unknown as TSchema
    expect(define(Type.Object({ colour })).fields).toHaveLength(1)
    TypeRegistry.Delete('Colour')
  })
})
