// The export, stage by stage: a select is composed, PostgreSQL prints the file, and its bytes are passed on.
import { PassThrough, pipeline, type Readable } from 'node:stream'
import type { Target } from '../catalogue/target.ts'
import { formatNamed } from '../format/formats.ts'
import type { Pool } from '../postgres/client.ts'
import { copyOut } from '../postgres/copy-out.ts'
import { databaseFault } from '../postgres/sqlstate.ts'
import type { StreamOptions } from './options.ts'
import { exportQuery, unprintableFault } from './query-sql.ts'

// How values look must not depend on how the server or the user is set up.
const settings = [
  'begin isolation level repeatable read read only',
  "set local timezone = 'UTC'",
  "set local datestyle = 'ISO, YMD'",
  "set local intervalstyle = 'iso_8601'",
  "set local bytea_output = 'hex'",
  'set local extra_float_digits = 1',
].join('; ')

/** @throws LadingError before anything is asked of the database: `FORMAT_UNSUPPORTED`, `FILTER_INVALID` */
export function exportPipeline(pool: Pool, target: Target, options: StreamOptions): Readable {
  const format = formatNamed(options.format)
  const query = exportQuery(target, options.filters ?? {})
  const copy = format.encode(query)
  const printed = copyOut(pool, {
    begin: settings,
    copy,
    faultOf: error => unprintableFault(error) ?? databaseFault(error),
    onRows: options.onRows,
  })
  const { frame } = format
  if (frame === undefined) return printed
  // Whoever destroys the last stream ends the COPY at once, and an error of the COPY destroys the last stream.
  return pipeline(printed, frame, new PassThrough(), () => undefined)
}
