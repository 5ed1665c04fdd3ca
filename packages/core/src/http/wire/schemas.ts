// THE schemas of what requests may say; the checks and the OpenAPI document are both made from them.
import { Type } from '@sinclair/typebox'
import { selectionSchema, shapeSchema } from '../../engine/export/selection/selection-schema.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))
const flag = (description: string) => Type.Optional(Type.Boolean({ description, default: false }))
const oneOf = (values: readonly string[], description: string) =>
  Type.Union(
    values.map(value => Type.Literal(value)),
    { description },
  )

const { resource, ...selection } = selectionSchema.properties
const metadata = Type.Record(Type.String(), Type.Unknown(), {
  description: 'At most 4 KiB, given back with the status.',
})
const status = oneOf(['pending', 'processing', 'completed', 'failed', 'cancelled'], 'State of the jobs.')

/** In the query, as fields of a form, or as members of a JSON body. */
export const importOptions = Type.Object(
  {
    resource: Type.Optional(resource),
    // Any text: a format that nobody knows is 415, like a file whose format nobody knows.
    format: text('csv, ndjson, json (an array) or bundle; found out from the file if absent.'),
    on_conflict: Type.Optional(oneOf(['error', 'ignore', 'update'], 'What a record that exists already is.')),
    dry_run: flag('Judge the file without writing it.'),
    atomic: flag('All records or none.'),
    max_errors: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Stop after so many rejected records.' }),
    ),
    mapping: text('JSON object from names in the file to names of fields.'),
    unknown_columns: Type.Optional(oneOf(['warn', 'error'], 'What a column without a field is.')),
    sequences: Type.Optional(
      oneOf(
        ['advance', 'leave'],
        'Whether sequences of written columns are moved past the imported values (the default), or left alone.',
      ),
    ),
    after: text('Id of the import that must be completed first.'),
    metadata: text('JSON object of at most 4 KiB, given back with the status.'),
    delimiter: text(
      'Between CSV cells: , ; | or a TAB, or comma, semicolon, pipe, tab; if absent, a TAB for .tsv and .tab, else found out.',
    ),
    encoding: text(
      'utf-8, utf-16le, utf-16be or windows-1252; if absent, the charset of the content type, what a byte order mark says, or UTF-8.',
    ),
    excel: flag('Undo the formula guard of exports for Excel.'),
  },
  { additionalProperties: false },
)

export const importFromUrl = Type.Object(
  {
    ...importOptions.properties,
    resource,
    file_url: Type.String({
      description:
        'http or https address of the file, on a server that may be fetched from; at most 2,048 characters.',
    }),
    mapping: Type.Optional(Type.Record(Type.String(), Type.String())),
    metadata: Type.Optional(metadata),
  },
  { additionalProperties: false },
)

export const listOptions = Type.Object(
  {
    status: Type.Optional(status),
    resource: Type.Optional(resource),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
    cursor: text(
      'next_cursor of the page before. One of an earlier version is refused; begin anew without it.',
    ),
  },
  { additionalProperties: false },
)

export const errorsOptions = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 50 })),
    offset: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
    code: text('Errors with this code only.'),
    field: text('Errors of this field only; empty for those of a record as a whole.'),
  },
  { additionalProperties: false },
)

export const rejectsOptions = Type.Object(
  {
    unprocessed: flag(
      'Those records that the job did not reach or took back, in place of the rejected ones.',
    ),
  },
  { additionalProperties: false },
)

/** Both ways of asking for an export have these. */
const exportCommon = {
  ...shapeSchema.properties,
  delimiter: text('CSV: between cells: , ; | or a TAB, or comma, semicolon, pipe, tab; a comma if absent.'),
  limit: selection.limit,
  created_after: text('Rows whose created_at is at or after this time.'),
  created_before: text('Rows whose created_at is before this time.'),
}

/** Every other parameter of an export is a filter on the field of that name. */
export const exportOptions = Type.Object({
  resource,
  ...exportCommon,
  fields: text('Names of fields, divided by commas, in the order they are wanted in.'),
  sort: text('Names of fields, divided by commas; - before one turns its order round.'),
})

export const exportJob = Type.Object(
  {
    resource: Type.Optional(resource),
    ...exportCommon,
    filters: selection.filters,
    fields: selection.fields,
    sort: selection.sort,
    resources: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Several resources of one moment in one bundle; in place of everything but format.',
      }),
    ),
    filename: text('What a download is called; its ending is put on.'),
    metadata: Type.Optional(metadata),
  },
  { additionalProperties: false },
)

export const noOptions = Type.Object({}, { additionalProperties: false })
