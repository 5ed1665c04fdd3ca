// THE schemas of requests; both the checks and the OpenAPI document are built from them.
import { Type } from '@sinclair/typebox'
import { defaults } from '../../config/defaults.ts'
import { choice, flag, optionalText, wireProperties } from '../../config/option-schema.ts'
import {
  exportOptionTexts,
  selectionSchema,
  shapeSchema,
} from '../../engine/export/selection/selection-schema.ts'
import {
  importOptionTexts,
  policySchema,
  readingSchema,
  structuredImportOptions,
} from '../../engine/import/import-options-schema.ts'

const { resource, ...selection } = selectionSchema.properties
const metadata = Type.Record(Type.String(), Type.Unknown(), {
  description: 'At most 4 KiB, returned with the status.',
})
const status = choice(['pending', 'processing', 'completed', 'failed', 'cancelled'], {
  description: 'State of the jobs.',
})

/** Sent in the query, as form fields, or as members of a JSON body. */
export const importOptions = Type.Object(
  {
    resource: Type.Optional(resource),
    // Any text: an unknown format is 415, like a file of an unknown format.
    format: optionalText('csv, ndjson, json (an array) or bundle; detected from the file if absent.'),
    ...wireProperties(policySchema.properties, importOptionTexts),
    after: optionalText('Id of the import that must complete first.'),
    metadata: optionalText('JSON object of at most 4 KiB, returned with the status.'),
    ...wireProperties(readingSchema.properties, importOptionTexts),
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
    ...wireProperties(structuredImportOptions, {}),
    metadata: Type.Optional(metadata),
  },
  { additionalProperties: false },
)

export const listOptions = Type.Object(
  {
    status: Type.Optional(status),
    resource: Type.Optional(resource),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: defaults.jobsPerPage })),
    cursor: optionalText(
      'next_cursor of the previous page. A cursor of an earlier version is refused; start again without it.',
    ),
  },
  { additionalProperties: false },
)

export const errorsOptions = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: defaults.errorsPerPage })),
    offset: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
    code: optionalText('Only errors with this code.'),
    field: optionalText('Only errors of this field; empty for errors of a whole record.'),
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
  ...wireProperties(shapeSchema.properties, exportOptionTexts),
  limit: selection.limit,
  created_after: optionalText('Rows whose created_at is at or after this time.'),
  created_before: optionalText('Rows whose created_at is before this time.'),
}

/** Every other parameter of an export is a filter on the field of that name. */
export const exportOptions = Type.Object({
  resource,
  ...exportCommon,
  fields: optionalText('Field names, separated by commas, in output order.'),
  sort: optionalText('Field names, separated by commas; a - before a name sorts in descending order.'),
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
    filename: optionalText('The file name of the download; the extension is added.'),
    metadata: Type.Optional(metadata),
  },
  { additionalProperties: false },
)

export const noOptions = Type.Object({}, { additionalProperties: false })
