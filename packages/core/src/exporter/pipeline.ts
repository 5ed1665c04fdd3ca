// The export, stage by stage: PostgreSQL prints the file, or the values of its rows, and bytes are passed on.
import type { Readable } from 'node:stream'
import { defaults } from '../config/defaults.ts'
import { callListener, type HookPatience } from '../errors/hook.ts'
import type { Pass } from '../format/format.ts'
import { gzipped } from '../format/gzip.ts'
import type { Pool } from '../postgres/client.ts'
import { copyOut } from '../postgres/copy-out.ts'
import { doBlock } from '../postgres/identifier.ts'
import type { Session } from '../postgres/session.ts'
import { databaseFault } from '../postgres/sqlstate.ts'
import { readableFrom } from '../util/readable-from.ts'
import type { ExporterOptions, StreamOptions } from './options.ts'
import type { ExportPlan } from './plan.ts'
import { progressCounter } from './progress.ts'
import { copyValues, printRows } from './row-road.ts'
import { unprintableFault } from './unprintable.ts'

/**
 * A backend notices that its client has gone when it next sends something, which may be after an hour of sorting.
 * PostgreSQL can look now and then, on systems that can tell it; elsewhere the setting is refused.
 */
const lookForClient = doBlock(
  `begin set local client_connection_check_interval = '500ms'; exception when others then null; end`,
)

// How values look, and how those of a filter are read, must not depend on how the server or the user is set up.
const printSettings = [
  "set local timezone = 'UTC'",
  "set local datestyle = 'ISO, YMD'",
  "set local intervalstyle = 'iso_8601'",
  "set local bytea_output = 'hex'",
  'set local extra_float_digits = 1',
  'set local array_nulls = on',
  'set local quote_all_identifiers = off',
  lookForClient,
]

/** @param settings those of the plan */
export function beginExport(settings: string): string {
  const own = settings === '' ? [] : [settings]
  return ['begin isolation level repeatable read read only', ...own, ...printSettings].join('; ')
}

export type PipelineOptions = Pick<StreamOptions, 'onRows' | 'onProgress'> &
  Pick<ExporterOptions, 'batchRows'> &
  Pick<HookPatience, 'timeoutSeconds'>

/** Destroying the stream ends the COPY at once; an error of any stage destroys the stream. */
export function exportPipeline(
  from: Pool | Session,
  plan: ExportPlan,
  { onRows, onProgress, timeoutSeconds, batchRows = defaults.exportBatchRows }: PipelineOptions,
): Readable {
  const { resource, query, unprinted, shape } = plan
  const { format, encoding, compression } = shape
  const { printRow } = resource
  const isPrinted = printRow === undefined
  const hearRows =
    onRows &&
    ((rows: number, signal: AbortSignal) =>
      callListener('onRows', () => onRows(rows), { signal, timeoutSeconds }))
  const values = { ...query, columns: [...query.columns, ...unprinted] }

  const printed = copyOut(from, {
    begin: beginExport(plan.settings),
    copy: isPrinted ? format.encode(query, encoding) : copyValues(values, format),
    faultOf: error => unprintableFault(error) ?? databaseFault(error),
    onRows: isPrinted ? hearRows : undefined,
  })
  const progress = onProgress && progressCounter(plan, onProgress, timeoutSeconds)
  const left = new AbortController()
  const stop = () => {
    left.abort()
    printed.destroy()
  }
  const file = through(printed, stop, [
    isPrinted
      ? undefined
      : printRows(plan, printRow, {
          batchRows,
          onRows: hearRows && (rows => hearRows(rows, left.signal)),
        }),
    progress?.records,
    format.frame?.(query.columns, encoding),
  ])
  const sent = compression === 'gzip' ? gzipped(file) : file
  return progress?.sent(sent) ?? sent
}

function through(source: Readable, stop: () => void, passes: readonly (Pass | undefined)[]): Readable {
  const stages = passes.filter(pass => pass !== undefined)
  if (stages.length === 0) return source
  const chunks = stages.reduce<AsyncIterable<Buffer>>((printed, pass) => pass(printed), source)
  return readableFrom(chunks, stop)
}
