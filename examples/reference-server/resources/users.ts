// users: people who write and read.
import { defineResource, Type } from '@lading/core'

export const users = defineResource('users', {
  table: 'users',
  schema: Type.Object({
    id: Type.Optional(Type.String({ format: 'uuid' })),
    email: Type.String({ format: 'email', maxLength: 255 }),
    name: Type.String({ maxLength: 255 }),
    role: Type.Union([Type.Literal('admin'), Type.Literal('author'), Type.Literal('reader')]),
    active: Type.Boolean(),
    created_at: Type.Optional(Type.String({ format: 'date-time' })),
    updated_at: Type.Optional(Type.String({ format: 'date-time' })),
  }),
  key: [{ fields: ['email'], ignoreCase: true }],
  fields: {
    email: { transform: text => text.trim().toLowerCase() },
  },
})
