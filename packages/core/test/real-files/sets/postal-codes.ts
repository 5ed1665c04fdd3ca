// German postal codes (german-postal-codes): a JSON array of texts, imported as CSV with a single column.
import { defineResource, Type } from '../../../src/index.ts'
import { type DataSet, fileOf, kept } from '../data-set.ts'

const codes = (): readonly string[] =>
  JSON.parse(fileOf('german-postal-codes', 'index.json').toString('utf8'))

export const postalCodes: DataSet = {
  teaches: 'a single column, a byte order mark, and leading zeros that are part of the code (01067)',
  table: 'postal_codes',
  bytes: () => Buffer.from(`\ufeffPLZ\r\n${codes().join('\r\n')}`),
  format: 'csv',
  sql: 'create table postal_codes (code char(5) primary key)',
  resource: defineResource('postal_codes', {
    table: 'postal_codes',
    schema: Type.Object({ code: Type.String({ pattern: '^[0-9]{5}$' }) }),
    fields: { code: { aliases: ['plz'] } },
  }),
  columns: { code: 'text' },
  expected: () => codes().map(code => kept({ code })),
}
