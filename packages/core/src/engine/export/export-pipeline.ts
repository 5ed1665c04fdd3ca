// The export, stage by stage: PostgreSQL prints the file, or the values of its rows, and the stages pass bytes on.
import type { Readable } from 'node:stream'
import { defaults } from '../../config/defaults.ts'
import { callListener, type HookTimeout } from '../../errors/hook.ts'
import { copyOut } from '../../postgres/copy/copy-out.ts'
import type { Pool } from '../../postgres/pool/checkout.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'
import type { SnapshotConnection } from '../../postgres/transaction/snapshot-connection.ts'
import { beginSnapshot } from '../../postgres/transaction/transaction.ts'
import { readableFrom } from '../../util/readable-from.ts'
import type { ByteTransform } from '../format/format.ts'
import { gzipStream } from '../format/text/gzip.ts'
import { progressCounter } from './export-progress.ts'
import type { ExporterOptions, StreamOptions } from './exporter-options.ts'
import type { ExportPlan } from './plan/export-plan.ts'
import { copyValues, printRows } from './print/row-transform.ts'
import { unprintableFault } from './print/unprintable.ts'

export type ExportPipelineOptions = Pick<StreamOptions, 'onRows' | 'onProgress'> &
  Pick<ExporterOptions, 'batchRows'> &
  Pick<HookTimeout, 'timeoutSeconds'>

/** Destroying the stream ends the COPY at once; an error of any stage destroys the stream. */
export function exportPipeline(
  from: Pool | SnapshotConnection,
  plan: ExportPlan,
  { onRows, onProgress, timeoutSeconds, batchRows = defaults.exportBatchRows }: ExportPipelineOptions,
): Readable {
  const { resource, query, unprinted, shape } = plan
  const { format, encoding, compression } = shape
  const { printRow } = resource
  const isDirect = printRow === undefined
  const notifyRows =
    onRows &&
    ((rows: number, signal: AbortSignal) =>
      callListener('onRows', () => onRows(rows), { signal, timeoutSeconds }))
  const values = { ...query, columns: [...query.columns, ...unprinted] }

  const output = copyOut(from, {
    begin: beginSnapshot(plan.setupSql),
    copy: isDirect ? format.encode(query, encoding) : copyValues(values, format),
    faultOf: error => unprintableFault(error) ?? databaseFault(error),
    onRows: isDirect ? notifyRows : undefined,
  })
  const progress = onProgress && progressCounter(plan, onProgress, timeoutSeconds)
  const abortController = new AbortController()
  const stop = () => {
    abortController.abort()
    output.destroy()
  }
  const file = pipeThrough(output, stop, [
    isDirect
      ? undefined
      : printRows(plan, printRow, {
          batchRows,
          onRows: notifyRows && (rows => notifyRows(rows, abortController.signal)),
        }),
    progress?.records,
    format.frame?.(query.columns, encoding),
  ])
  const sent = compression === 'gzip' ? gzipStream(file) : file
  return progress?.sent(sent) ?? sent
}

function pipeThrough(
  source: Readable,
  stop: () => void,
  passes: readonly (ByteTransform | undefined)[],
): Readable {
  const stages = passes.filter(pass => pass !== undefined)
  if (stages.length === 0) return source
  const chunks = stages.reduce<AsyncIterable<Buffer>>((printed, pass) => pass(printed), source)
  return readableFrom(chunks, stop)
}
