// THE definition of the options of an export, for every source: a program, a query, a JSON body, a command line.
import { type Static, Type } from '@sinclair/typebox'
import { pickOptions } from '../../../config/check-options.ts'
import { choice, flag } from '../../../config/option-schema.ts'
import { readDelimiter } from '../../format/csv/delimiter.ts'

export const exportFormats = ['csv', 'ndjson', 'json'] as const

/** Which rows and fields. */
export const selectionSchema = Type.Object({
  resource: Type.String({ minLength: 1, description: 'Name of a resource, such as users.' }),
  filters: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description:
        'By field: a value, null, several values, or an object of eq, in, gte, gt, lte, lt and null. All must hold.',
    }),
  ),
  fields: Type.Optional(
    Type.Array(Type.String(), { description: 'Names of fields, in the order of output.' }),
  ),
  sort: Type.Optional(
    Type.Union([Type.String(), Type.Array(Type.String())], {
      description: 'Names of fields, separated by commas; - before one sorts it in descending order.',
    }),
  ),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'Maximum number of rows.' }),
  ),
})

/** How the rows are written. */
export const shapeSchema = Type.Object({
  format: Type.Optional(choice(exportFormats, { description: 'Format of the file.', default: 'ndjson' })),
  delimiter: Type.Optional(
    choice([',', ';', '\t', '|'], { description: 'CSV: separates cells.', default: ',' }),
  ),
  header: Type.Optional(
    Type.Boolean({ description: 'CSV: begin with a header of field names.', default: true }),
  ),
  excel: flag('CSV for Excel: BOM, CRLF and a guard against formulas.'),
  compression: Type.Optional(
    choice(['none', 'gzip'], { description: 'How the file is compressed.', default: 'none' }),
  ),
})

/** Options that a query, a body or a command line sends as text of another form. */
export const exportOptionTexts = {
  delimiter: {
    description: 'CSV: between cells: , ; | or a TAB, or comma, semicolon, pipe, tab; a comma if absent.',
  },
} as const

/** The options of the shape as sent, not yet checked. */
type SentShape = { readonly [Name in keyof Static<typeof shapeSchema>]?: unknown } & {
  readonly delimiter?: string | undefined
}

/** Reads the shape among options from outside, where the delimiter may be a word. @throws LadingError `OPTION_INVALID` */
export function readSentShape({ delimiter, ...sent }: SentShape): Static<typeof shapeSchema> {
  return pickOptions(shapeSchema, {
    ...sent,
    delimiter: delimiter === undefined ? undefined : readDelimiter(delimiter),
  })
}
