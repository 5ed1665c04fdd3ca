// Exporters of a resource that withholds fields, on a pool that counts how often it is asked.

import type { Pool } from '@lading/core'
import { createExporter, defineResource, type Resource } from '@lading/core'
import { Type } from '@sinclair/typebox'
import type { VisibilityService } from './harness.ts'

const known = {
  id: Type.Optional(Type.String({ format: 'uuid' })),
  email: Type.String(),
  name: Type.String(),
  active: Type.Boolean(),
  created_at: Type.Optional(Type.String({ format: 'date-time' })),
}
const fields = { email: { mask: { keepFirst: 1 } } }

/** A field that is hidden. */
const discreet = defineResource('people', {
  table: 'users',
  schema: Type.Object({ ...known, role: Type.String() }),
  fields: { ...fields, role: { hidden: true } },
})

/** An unknown field. */
const ignorant = defineResource('people', { table: 'users', schema: Type.Object(known), fields })

export function visibilityService(pool: Pool): VisibilityService {
  let connections = 0
  const counting: Pool = {
    ...(pool.options && { options: pool.options }),
    connect() {
      connections++
      return pool.connect()
    },
  }
  const serviceOf = (resource: Resource) => ({
    resources: [resource],
    exporter: createExporter({ pool: counting, resources: [resource] }),
  })
  return {
    discreet: serviceOf(discreet),
    ignorant: serviceOf(ignorant),
    connections: () => connections,
  }
}
