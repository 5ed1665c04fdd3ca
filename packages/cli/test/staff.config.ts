// A project with a table that refers to itself.
import { defineConfig, defineResource, Type } from '@lading/core'

const staff = defineResource('staff', {
  table: 'staff',
  schema: Type.Object({
    id: Type.String({ format: 'uuid' }),
    name: Type.String(),
    manager_id: Type.Optional(Type.Union([Type.String({ format: 'uuid' }), Type.Null()])),
  }),
  references: { manager_id: { table: 'staff' } },
})

export default defineConfig({ resources: [staff] })
