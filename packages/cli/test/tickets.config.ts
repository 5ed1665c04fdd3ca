// A project with a table that numbers its rows.
import { defineConfig, defineResource, Type } from '@lading/core'

const tickets = defineResource('tickets', {
  table: 'tickets',
  schema: Type.Object({ id: Type.Optional(Type.Integer()), title: Type.String() }),
})

export default defineConfig({ resources: [tickets] })
