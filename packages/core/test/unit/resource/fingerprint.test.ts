// Which changes of a definition change its fingerprint, and which rewrites do not.
import { Type } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import { defineResource } from '../../../src/engine/resource/define.ts'
import type { ResourceDefinition } from '../../../src/engine/resource/definition.ts'
import { fingerprint } from '../../../src/engine/resource/fingerprint.ts'

const schema = Type.Object({
  id: Type.Optional(Type.String({ format: 'uuid' })),
  email: Type.String({ minLength: 3, maxLength: 100 }),
  big: Type.BigInt({ minimum: 1n }),
  parent_id: Type.Optional(Type.String({ format: 'uuid' })),
})
const definition: ResourceDefinition = {
  table: 'users',
  schema,
  key: ['email'],
  references: { parent_id: { table: 'users', by: { parent_email: 'email' } } },
  fields: { email: { aliases: ['mail', 'e-mail'] } },
}
const of = (changed: Partial<ResourceDefinition> = {}, name = 'users') =>
  fingerprint(defineResource(name, { ...definition, ...changed }))

test('the same definition has the same fingerprint in every process', () => {
  expect(of()).toBe(of())
  expect(of()).toMatch(/^[0-9a-f]{64}$/)
})

test.each<[string, Partial<ResourceDefinition>]>([
  [
    'rules in another order',
    { schema: Type.Object({ ...schema.properties, email: Type.String({ maxLength: 100, minLength: 3 }) }) },
  ],
  ['a field that exports hide or mask', { fields: { email: { aliases: ['mail', 'e-mail'], hidden: true } } }],
  [
    'a field that exports show in place of another',
    {
      references: {
        parent_id: { table: 'users', by: { parent_email: { column: 'email', exported: true } } },
      },
    },
  ],
  ['aliases in another order', { fields: { email: { aliases: ['e-mail', 'mail'] } } }],
])('%s are the same', (_, changed) => {
  expect(of(changed)).toBe(of())
})

describe('a change of the definition changes the fingerprint', () => {
  const properties = (changed: object) => ({ schema: Type.Object({ ...schema.properties, ...changed }) })
  test.each<[string, Partial<ResourceDefinition>]>([
    ['the table', { table: 'people' }],
    ['a further field', properties({ name: Type.String() })],
    ['a type', properties({ email: Type.Integer() })],
    ['a rule', properties({ email: Type.String({ minLength: 4, maxLength: 100 }) })],
    ['a rule of a bigint', properties({ big: Type.BigInt({ minimum: 2n }) })],
    ['a field that may be absent', properties({ big: Type.Optional(Type.BigInt({ minimum: 1n })) })],
    ['an alias', { fields: { email: { aliases: ['mail'] } } }],
    ['a column', { fields: { email: { aliases: ['mail', 'e-mail'], column: 'mail' } } }],
    ['a code', { fields: { email: { aliases: ['mail', 'e-mail'], codes: { missing: 'NO_EMAIL' } } } }],
    ['a field that is sensitive', { fields: { email: { aliases: ['mail', 'e-mail'], sensitive: true } } }],
    [
      'a field that is changed before it is parsed',
      { fields: { email: { aliases: ['mail', 'e-mail'], transform: text => text.trim() } } },
    ],
    ['no key', { key: [] }],
    ['a key without regard to case', { key: [{ fields: ['email'], ignoreCase: true }] }],
    ['a reference', { references: { parent_id: { table: 'people', by: { parent_email: 'email' } } } }],
    ['a lookup field', { references: { parent_id: { table: 'users', by: { parent_email: 'mail' } } } }],
    ['a rule over several fields', { check: () => undefined }],
    ['look-ups', { lookUp: async () => undefined }],
  ])('%s', (_, changed) => {
    expect(of(changed)).not.toBe(of())
  })

  test('the name', () => {
    expect(of({}, 'people')).not.toBe(of())
  })
})
