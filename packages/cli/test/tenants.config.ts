// A project of which every row belongs to a tenant, and some to one of its principals as well.
import { type Caller, defineConfig, defineResource, Type } from '@lading/core'

const tenantOf = (caller: Caller | undefined) => ({ tenant_id: caller?.tenant ?? null })

const items = defineResource('items', {
  table: 'items',
  schema: Type.Object({ tenant_id: Type.Integer(), code: Type.String() }),
  fields: { tenant_id: { hidden: true } },
  key: ['code'],
  scope: tenantOf,
})

const notes = defineResource('notes', {
  table: 'notes',
  schema: Type.Object({
    tenant_id: Type.Integer(),
    added_by: Type.String(),
    item: Type.String(),
    note: Type.String(),
  }),
  fields: { tenant_id: { hidden: true }, added_by: { hidden: true } },
  references: { item: { table: 'items', column: 'code' } },
  scope: caller => ({ ...tenantOf(caller), added_by: caller?.principal ?? null }),
})

export default defineConfig({ resources: [items, notes] })
