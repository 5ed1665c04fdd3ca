// Countries of Natural Earth with 63 columns (world-atlas), separated by tabs.
import { defineResource, Type } from '../../../src/index.ts'
import { type DataSet, fileOf, kept, rejected } from '../data-set.ts'
import { type Cell, readCsv } from '../readers.ts'

const bytes = () => fileOf('world-atlas', 'world/50m.tsv')
const used = [
  'adm0_a3',
  'iso_n3',
  'un_a3',
  'name',
  'formal_fr',
  'name_sort',
  'pop_est',
  'gdp_md_est',
  'lastcensus',
  'fips_10',
  'tiny',
]
const number = (cell: Cell | undefined) => (cell == null ? null : Number(cell))

export const nations: DataSet = {
  teaches:
    'tabs, 63 columns of which 11 are imported, codes with leading zeros, and -99 for what is not known',
  table: 'nations',
  bytes,
  format: 'csv',
  settings: { delimiter: '\t' },
  sql: `create table nations (adm0_a3 char(3) primary key, iso_n3 text not null, un_a3 text not null, name text not null,
    formal_fr text, name_sort text not null, pop_est bigint not null, gdp_md_est double precision not null,
    lastcensus int check (lastcensus between 1900 and 2100), fips_10 text, tiny smallint)`,
  resource: defineResource('nations', {
    table: 'nations',
    schema: Type.Object({
      adm0_a3: Type.String(),
      iso_n3: Type.String(),
      un_a3: Type.String(),
      name: Type.String(),
      formal_fr: Type.Optional(Type.String()),
      name_sort: Type.String(),
      pop_est: Type.BigInt({ minimum: 0n }),
      gdp_md_est: Type.Number(),
      lastcensus: Type.Optional(Type.Integer()),
      fips_10: Type.Optional(Type.String()),
      tiny: Type.Optional(Type.Integer()),
    }),
    // A census of the year -99 has not been held.
    fields: { lastcensus: { transform: text => (text === '-99' ? '' : text) } },
  }),
  columns: {
    adm0_a3: 'text',
    iso_n3: 'text',
    un_a3: 'text',
    name: 'text',
    formal_fr: 'text',
    name_sort: 'text',
    pop_est: 'bigint',
    gdp_md_est: 'float',
    lastcensus: 'int',
    fips_10: 'text',
    tiny: 'int',
  },
  get unknown() {
    const [header = ''] = bytes().toString('utf8').split('\n')
    return header.split('\t').filter(name => !used.includes(name))
  },
  expected: () =>
    readCsv(bytes(), { delimiter: '\t' }).map(nation => {
      const { adm0_a3, iso_n3, un_a3, name, formal_fr, name_sort, pop_est, lastcensus, fips_10 } = nation
      if (Number(pop_est) < 0) return rejected('pop_est INVALID_POP_EST')
      return kept({
        adm0_a3,
        iso_n3,
        un_a3,
        name,
        formal_fr,
        name_sort,
        pop_est,
        gdp_md_est: Number(nation.gdp_md_est),
        lastcensus: lastcensus === '-99' ? null : number(lastcensus),
        fips_10,
        tiny: number(nation.tiny),
      })
    }),
}
