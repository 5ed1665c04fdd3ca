// The schema of export options, for every source: a program, a query, a JSON body, a command line.
import { Type } from '@sinclair/typebox'

const description = {
  filters:
    'By field: a value, null, several values, or an object of eq, in, gte, gt, lte, lt and null. All must hold.',
  fields: 'Names of fields, in the order of output.',
  sort: 'Names of fields, separated by commas; - before one sorts it in descending order.',
  limit: 'Maximum number of rows.',
  delimiter: 'CSV: separates cells.',
  header: 'CSV: begin with a header of field names.',
  excel: 'CSV for Excel: BOM, CRLF and a guard against formulas.',
  compression: 'gzip, or none if absent.',
}

export const exportFormats = ['csv', 'ndjson', 'json'] as const

/** Which rows and fields. */
export const selectionSchema = Type.Object({
  resource: Type.String({ minLength: 1, description: 'Name of a resource, such as users.' }),
  filters: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: description.filters })),
  fields: Type.Optional(Type.Array(Type.String(), { description: description.fields })),
  sort: Type.Optional(
    Type.Union([Type.String(), Type.Array(Type.String())], { description: description.sort }),
  ),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: description.limit }),
  ),
})

/** How the rows are written. */
export const shapeSchema = Type.Object({
  format: Type.Optional(
    Type.Union(
      exportFormats.map(name => Type.Literal(name)),
      { description: 'Format of the file; ndjson if absent.' },
    ),
  ),
  delimiter: Type.Optional(
    Type.Union([Type.Literal(','), Type.Literal(';'), Type.Literal('\t'), Type.Literal('|')], {
      description: description.delimiter,
    }),
  ),
  header: Type.Optional(Type.Boolean({ description: description.header, default: true })),
  excel: Type.Optional(Type.Boolean({ description: description.excel, default: false })),
  compression: Type.Optional(
    Type.Union([Type.Literal('none'), Type.Literal('gzip')], { description: description.compression }),
  ),
})
