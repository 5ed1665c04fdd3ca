// THE schemas of requests; both the checks and the OpenAPI document are built from them.
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
  description: 'At most 4 KiB, returned with the status.',
})
const status = oneOf(['pending', 'processing', 'completed', 'failed', 'cancelled'], 'State of the jobs.')

/** Sent in the query, as form fields, or as members of a JSON body. */
export const importOptions = Type.Object(
  {
    resource: Type.Optional(resource),
    // Any text: an unknown format is 415, like a file of an unknown format.
    format: text('csv, ndjson, json (an array) or bundle; detected from the file if absent.'),
    on_conflict: Type.Optional(
      oneOf(['error', 'ignore', 'update'], 'What to do with a record that already exists.'),
    ),
    dry_run: flag('Check the file without writing it.'),
    atomic: flag('All records or none.'),
    max_errors: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Stop once this many records have been rejected.' }),
    ),
    mapping: text('JSON object from column names in the file to field names.'),
    unknown_columns: Type.Optional(oneOf(['warn', 'error'], 'What to do about a column without a field.')),
    sequences: Type.Optional(
      oneOf(
        ['advance', 'leave'],
        'Whether sequences of written columns are moved past the imported values (the default), or left alone.',
      ),
    ),
    after: text('Id of the import that must complete first.'),
    metadata: text('JSON object of at most 4 KiB, returned with the status.'),
    delimiter: text(
      'Between CSV cells: , ; | or a TAB, or comma, semicolon, pipe, tab; if absent, a TAB for .tsv and .tab, else detected.',
    ),
    encoding: text(
      'utf-8, utf-16le, utf-16be or windows-1252; if absent, the charset of the content type, that of a byte order mark, or UTF-8.',
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
      description: 'http or https URL of the file, on an allowed server; at most 2,048 characters.',
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
      'next_cursor of the previous page. A cursor of an earlier version is refused; start again without it.',
    ),
  },
  { additionalProperties: false },
)

export const errorsOptions = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 50 })),
    offset: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
    code: text('Only errors with this code.'),
    field: text('Only errors of this field; empty for errors of a whole record.'),
  },
  { additionalProperties: false },
)

export const rejectsOptions = Type.Object(
  {
    unprocessed: flag('The records that the job did not reach or rolled back, instead of the rejected ones.'),
  },
  { additionalProperties: false },
)

/** Options of both the query and the JSON body of an export. */
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
  fields: text('Field names, separated by commas, in output order.'),
  sort: text('Field names, separated by commas; a - before a name sorts in descending order.'),
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
        description:
          'Several resources in one bundle, from one snapshot; only with format, metadata and filename.',
      }),
    ),
    filename: text('The file name of the download; the extension is added.'),
    metadata: Type.Optional(metadata),
  },
  { additionalProperties: false },
)

export const noOptions = Type.Object({}, { additionalProperties: false })
