// What a sentence proposes for a column is what the column can carry.
import { type TSchema, Type } from '@sinclair/typebox'
import { expect, test } from 'vitest'
import { carries, proposedSchema } from '../../../src/engine/catalogue/match/match-columns.ts'
import { readFieldSchema } from '../../../src/engine/resource/schema/column-type.ts'

test.each<[type: string, proposed: string, schema: TSchema]>([
  ['int2', 'Type.Integer()', Type.Integer()],
  ['int4', 'Type.Integer()', Type.Integer()],
  ['int8', "Type.String({ format: 'int64' })", Type.String({ format: 'int64' })],
  ['numeric', "Type.String({ format: 'decimal' })", Type.String({ format: 'decimal' })],
  ['float4', 'Type.Number()', Type.Number()],
  ['float8', 'Type.Number()', Type.Number()],
  ['bool', 'Type.Boolean()', Type.Boolean()],
  ['uuid', "Type.String({ format: 'uuid' })", Type.String({ format: 'uuid' })],
  ['date', "Type.String({ format: 'date' })", Type.String({ format: 'date' })],
  ['timestamptz', "Type.String({ format: 'date-time' })", Type.String({ format: 'date-time' })],
  ['timestamp', "Type.String({ format: 'date-time' })", Type.String({ format: 'date-time' })],
  ['json', 'Type.Unknown()', Type.Unknown()],
  ['jsonb', 'Type.Unknown()', Type.Unknown()],
  ['varchar', 'Type.String()', Type.String()],
  ['inet', 'Type.String()', Type.String()],
  [
    '_numeric',
    "Type.Array(Type.String({ format: 'decimal' }))",
    Type.Array(Type.String({ format: 'decimal' })),
  ],
  ['_text', 'Type.Array(Type.String())', Type.Array(Type.String())],
])('%s: %s', (type, proposed, schema) => {
  const isArray = type.startsWith('_')
  const column = { type, category: isArray ? 'A' : 'U', elementType: isArray ? type.slice(1) : null }
  expect(proposedSchema(column)).toBe(proposed)
  expect(carries(column, readFieldSchema('it', schema).type)).toBe(true)
})
