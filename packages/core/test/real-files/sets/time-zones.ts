// Time zones and their eras (tzdata): one document, imported as one record each.
import { defineResource, Type } from '../../../src/index.ts'
import { type DataSet, fileOf, kept } from '../data-set.ts'
import { ndjsonOf } from '../readers.ts'

interface Zones {
  /** A zone is a list of its eras, or the name of the zone that it is another name of. */
  readonly zones: Readonly<Record<string, string | readonly (readonly (string | null)[])[]>>
}

const all = () => {
  const { zones }: Zones = JSON.parse(fileOf('tzdata', 'timezone-data.json').toString('utf8'))
  return Object.entries(zones).map(([name, zone]) => ({
    name,
    eras: typeof zone === 'string' ? null : zone,
    link: typeof zone === 'string' ? zone : null,
    ends: typeof zone === 'string' ? [] : zone.map(era => era.at(-1) ?? null),
  }))
}

export const timeZones: DataSet = {
  teaches:
    'lists of lists into jsonb, nulls that are given, and lists of 64-bit numbers with a null at their end',
  table: 'time_zones',
  bytes: () => ndjsonOf(all()),
  format: 'ndjson',
  sql: 'create table time_zones (name text primary key, eras jsonb, link text, ends bigint[])',
  resource: defineResource('time_zones', {
    table: 'time_zones',
    schema: Type.Object({
      name: Type.String(),
      eras: Type.Union([Type.Unknown(), Type.Null()]),
      link: Type.Union([Type.String(), Type.Null()]),
      ends: Type.Array(Type.Union([Type.String({ format: 'int64' }), Type.Null()])),
    }),
  }),
  columns: { name: 'text', eras: 'json', link: 'text', ends: 'bigint[]' },
  expected: () => all().map(zone => kept({ ...zone })),
}
