// THE schemas of the responses that programs read; the OpenAPI document is built from them.
import { type TSchema, Type } from '@sinclair/typebox'
import { warningCodes } from '../../errors/warning-codes.ts'

const orNull = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])
const count = Type.Integer({ minimum: 0 })
const time = Type.String({ description: 'RFC 3339, in UTC.' })

export const importWarning = Type.Object(
  {
    code: Type.Union(
      warningCodes.map(code => Type.Literal(code)),
      { description: 'Stable; programs match on it.' },
    ),
    detail: Type.String({ description: 'One sentence for people.' }),
    column: Type.Optional(Type.String({ description: 'The column or key, as the file names it.' })),
    field: Type.Optional(Type.String({ description: 'The field of the resource.' })),
    count: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'How often it happened. Exact once the import has ended; until then, the count so far.',
      }),
    ),
    example: Type.Optional(
      Type.String({ description: 'One of the values, with invisible characters escaped.' }),
    ),
  },
  { additionalProperties: false },
)

const recordError = Type.Object(
  {
    row_number: count,
    record_identifier: Type.String(),
    field_name: orNull(Type.String()),
    error_code: Type.String({ description: 'Stable; programs match on it.' }),
    error_message: Type.String({ description: 'One sentence for people.' }),
    field_value: orNull(Type.String()),
    line: count,
  },
  { additionalProperties: false },
)

const progress = Type.Object(
  {
    total_records: orNull(count),
    processed_records: count,
    successful_records: count,
    failed_records: count,
    inserted_records: count,
    updated_records: count,
    ignored_records: count,
    unprocessed_records: orNull(count),
    fetched_bytes: orNull(count),
    processed_bytes: count,
    total_bytes: orNull(count),
    percentage: orNull(Type.Number()),
  },
  { additionalProperties: false },
)

/** The response of `GET /v1/imports/:job_id`. */
export const importStatus = Type.Object(
  {
    job_id: Type.String(),
    type: Type.Literal('import'),
    status: Type.Union(
      ['pending', 'processing', 'completed', 'failed', 'cancelled'].map(status => Type.Literal(status)),
    ),
    resource: Type.String(),
    format: Type.String(),
    on_conflict: Type.String(),
    dry_run: Type.Boolean(),
    after: orNull(Type.String()),
    bundle_id: orNull(Type.String()),
    waiting_for_storage: orNull(Type.String()),
    waiting_for: orNull(
      Type.Object(
        { code: Type.String(), detail: Type.String(), since: time },
        { description: 'The shared infrastructure that the job waits for before it is tried again.' },
      ),
    ),
    progress,
    created_at: time,
    started_at: orNull(time),
    completed_at: orNull(time),
    duration_seconds: orNull(Type.Number()),
    rows_per_second: orNull(Type.Number()),
    eta_seconds: orNull(Type.Number()),
    metadata: Type.Record(Type.String(), Type.Unknown()),
    warnings: Type.Array(importWarning, {
      description: 'What the import reports in addition to its errors. NOTHING_IMPORTED comes first.',
    }),
    not_judged: Type.Optional(
      Type.Array(Type.String(), { description: 'What a dry run could not check, such as triggers.' }),
    ),
    errors_by_code: Type.Record(Type.String(), count),
    errors: Type.Optional(Type.Array(recordError, { description: 'The first of its record errors.' })),
    error_message: orNull(Type.String()),
    error_code: orNull(Type.String()),
    links: Type.Record(Type.String(), Type.String()),
  },
  { additionalProperties: false },
)
