import { Type } from '@sinclair/typebox'
import { expect, test } from 'vitest'
import { defineResource } from '../../../src/engine/resource/define.ts'
import { mapHeader } from '../../../src/engine/resource/mapping/header.ts'

test('a hidden field can be filled, but is never suggested', () => {
  const withHidden = defineResource('users', {
    table: 'users',
    schema: Type.Object({ email: Type.String(), tenant: Type.Optional(Type.Integer()) }),
    fields: { tenant: { hidden: true } },
  })
  const { columns } = mapHeader(withHidden, ['email', 'tenant'])
  expect(columns.map(field => field?.name)).toEqual(['email', 'tenant'])
  expect(() => mapHeader(withHidden, ['mail', 'tenan'], { unknownColumns: 'error' })).toThrow(
    'The header does not fit users: column "mail" is unknown (did you mean "email"?); column "tenan" is unknown; no column has the name of a field; column "email" is missing (did you mean "mail"?). Known columns: email.',
  )
})
