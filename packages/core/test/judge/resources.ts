// The worlds as resources of the library: the only place where judge and library meet, apart from the trial itself.
import { type Caller, defineResource, type Filters, type Resource, Type } from '../../src/index.ts'

const nullable = <Schema extends ReturnType<typeof Type.String | typeof Type.Integer | typeof Type.Unknown>>(
  schema: Schema,
) => Type.Optional(Type.Union([schema, Type.Null()]))

const peopleDefinition = {
  table: 'people',
  schema: Type.Object({
    id: Type.Optional(Type.Integer()),
    email: Type.String({ maxLength: 8 }),
    badge: nullable(Type.String({ maxLength: 8 })),
    boss_id: nullable(Type.Integer()),
    team_id: Type.Integer(),
    age: Type.Optional(Type.Integer()),
    desk: nullable(Type.Integer()),
    pay: nullable(Type.String({ format: 'decimal' })),
    kind: Type.Optional(Type.Union([Type.Literal('plain'), Type.Literal('fancy')])),
    note: nullable(Type.String()),
    meta: Type.Optional(Type.Unknown()),
    updated_at: Type.Optional(Type.String({ format: 'date-time' })),
  }),
  key: [{ fields: ['email'], ignoreCase: true }, { fields: ['badge'] }] as const,
}

const people = defineResource('people', {
  ...peopleDefinition,
  references: { boss_id: { table: 'people' }, team_id: { table: 'teams' } },
})

const namedPeople = defineResource('named-people', {
  ...peopleDefinition,
  references: {
    boss_id: { table: 'people', by: { boss_email: 'email' } },
    team_id: { table: 'teams', by: { team_name: 'name' } },
  },
})

const slotsDefinition = {
  table: 'slots',
  schema: Type.Object({
    site: nullable(Type.String({ maxLength: 8 })),
    code: Type.Integer(),
    size: nullable(Type.Integer()),
    label: nullable(Type.String()),
  }),
  key: [{ fields: ['site', 'code'], ignoreCase: true }] as const,
}

const slots = defineResource('slots', slotsDefinition)
const equalSlots = defineResource('equal-slots', { ...slotsDefinition, table: 'equal_slots' })

const { id, ...others } = peopleDefinition.schema.properties

const membersDefinition = {
  ...peopleDefinition,
  table: 'members',
  schema: Type.Object({ tenant_id: Type.Optional(Type.Integer()), id, ...others }),
  scope(caller: Caller | undefined): Filters {
    if (caller?.tenant === undefined) throw new Error('A caller without a tenant sees all.')
    return caller.tenant === 'all' ? {} : { tenant_id: Number(caller.tenant) }
  },
}

const members = defineResource('members', {
  ...membersDefinition,
  references: { boss_id: { table: 'members' }, team_id: { table: 'teams' } },
})

const namedMembers = defineResource('named-members', {
  ...membersDefinition,
  references: {
    boss_id: { table: 'members', by: { boss_email: 'email' } },
    team_id: { table: 'teams', by: { team_name: 'name' } },
  },
})

export const resources: readonly Resource[] = [people, namedPeople, slots, equalSlots, members, namedMembers]
