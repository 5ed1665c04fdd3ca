// The chemical elements (periodic-table), as CSV and as JSON.
import { defineResource, Type } from '../../../src/index.ts'
import { type DataSet, fileOf, kept, rejected } from '../data-set.ts'
import { type Cell, readCsv } from '../readers.ts'

const csv = () => fileOf('periodic-table', 'data.csv')
const json = () => fileOf('periodic-table', 'data.json')
const trim = (text: string) => text.trim()

export const elements: DataSet = {
  teaches:
    'CRLF, blanks after the commas of the header and around cells, lists of numbers ("-1, 1"), and years that are words',
  table: 'elements',
  bytes: csv,
  format: 'csv',
  sql: `create table elements ("atomicNumber" smallint primary key, symbol varchar(3) unique, name text not null,
    "atomicMass" text not null, "cpkHexColor" text, electronegativity numeric, "oxidationStates" int[],
    density double precision, "yearDiscovered" text)`,
  resource: defineResource('elements', {
    table: 'elements',
    schema: Type.Object({
      atomicNumber: Type.Integer(),
      symbol: Type.String({ pattern: '^[A-Z][a-z]{0,2}$' }),
      name: Type.String(),
      atomicMass: Type.String(),
      cpkHexColor: Type.Optional(Type.String({ pattern: '^[0-9A-F]{6}$' })),
      electronegativity: Type.Optional(Type.String({ format: 'decimal' })),
      oxidationStates: Type.Optional(Type.Array(Type.Integer())),
      density: Type.Optional(Type.Number()),
      yearDiscovered: Type.Optional(Type.String()),
    }),
    fields: {
      symbol: { transform: trim },
      name: { transform: trim },
      cpkHexColor: { transform: text => text.trim().toUpperCase() },
    },
    key: ['symbol'],
  }),
  columns: {
    atomicNumber: 'int',
    symbol: 'text',
    name: 'text',
    atomicMass: 'text',
    cpkHexColor: 'text',
    electronegativity: 'numeric',
    oxidationStates: 'int[]',
    density: 'float',
    yearDiscovered: 'text',
  },
  unknown: [
    'electronicConfiguration',
    'atomicRadius',
    'ionRadius',
    'vanDelWaalsRadius',
    'ionizationEnergy',
    'electronAffinity',
    'standardState',
    'bondingType',
    'meltingPoint',
    'boilingPoint',
    'groupBlock',
  ],
  expected: () =>
    readCsv(csv()).map(cells => {
      const element = Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name.trim(), cell]))
      const colour = element.cpkHexColor?.trim().toUpperCase() ?? null
      if (colour !== null && !/^[0-9A-F]{6}$/.test(colour))
        return rejected('cpkHexColor INVALID_CPK_HEX_COLOR')
      return kept({
        atomicNumber: Number(element.atomicNumber),
        symbol: element.symbol?.trim(),
        name: element.name?.trim(),
        // Not trimmed: blanks belong to a cell.
        atomicMass: element.atomicMass,
        cpkHexColor: colour,
        electronegativity: element.electronegativity,
        oxidationStates: integers(element.oxidationStates),
        density: element.density === null ? null : Number(element.density),
        yearDiscovered: element.yearDiscovered,
      })
    }),
}

function integers(cell: Cell | undefined): readonly number[] | null {
  return cell == null ? null : cell.split(',').map(Number)
}

interface JsonElement {
  readonly atomicNumber: number
  readonly symbol: string
  readonly cpkHexColor: string | number
  readonly density: number | ''
  readonly yearDiscovered: number | string
}

export const elementsJson: DataSet = {
  teaches:
    'in JSON, "" is no number but no value, the number 909090 is no colour, and documents take any value',
  table: 'elements_json',
  bytes: json,
  format: 'json',
  sql: `create table elements_json ("atomicNumber" int primary key, symbol text not null, "atomicMass" jsonb not null,
    "cpkHexColor" text, density double precision, "yearDiscovered" json)`,
  resource: defineResource('elements_json', {
    table: 'elements_json',
    schema: Type.Object({
      atomicNumber: Type.Integer(),
      symbol: Type.String(),
      atomicMass: Type.Unknown(),
      cpkHexColor: Type.Optional(Type.String()),
      density: Type.Optional(Type.Number()),
      yearDiscovered: Type.Optional(Type.Unknown()),
    }),
  }),
  columns: {
    atomicNumber: 'int',
    symbol: 'text',
    atomicMass: 'json',
    cpkHexColor: 'text',
    density: 'float',
    yearDiscovered: 'json',
  },
  unknown: [
    'name',
    'electronicConfiguration',
    'electronegativity',
    'atomicRadius',
    'ionRadius',
    'vanDelWaalsRadius',
    'ionizationEnergy',
    'electronAffinity',
    'oxidationStates',
    'standardState',
    'bondingType',
    'meltingPoint',
    'boilingPoint',
    'groupBlock',
  ],
  expected: () => {
    const all: readonly (JsonElement & { atomicMass: unknown })[] = JSON.parse(json().toString('utf8'))
    return all.map(({ atomicNumber, symbol, atomicMass, cpkHexColor, density, yearDiscovered }) => {
      if (typeof cpkHexColor === 'number') return rejected('cpkHexColor INVALID_CPK_HEX_COLOR')
      return kept({
        atomicNumber,
        symbol,
        atomicMass,
        cpkHexColor,
        density: density === '' ? null : density,
        yearDiscovered,
      })
    })
  },
}
