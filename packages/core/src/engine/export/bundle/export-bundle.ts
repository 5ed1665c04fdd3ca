// Several resources → the bytes of a bundle: printed into a spool in one snapshot, then packed.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { version } from '../../../config/version.ts'
import { callHook, callListener } from '../../../errors/hook.ts'
import type { Pool } from '../../../postgres/pool/checkout.ts'
import { databaseFault } from '../../../postgres/sqlstate.ts'
import { type SnapshotConnection, withSnapshot } from '../../../postgres/transaction/snapshot-connection.ts'
import { beginSnapshot } from '../../../postgres/transaction/transaction.ts'
import { fileStorage } from '../../../storage/file/file-storage.ts'
import type { StoredObject } from '../../../storage/storage.ts'
import { openVerified } from '../../../storage/verified.ts'
import { readableFrom } from '../../../util/readable-from.ts'
import { inReferenceOrder } from '../../catalogue/reference-order.ts'
import type { Target } from '../../catalogue/target.ts'
import { bundleVersion, type Manifest, type ManifestEntry, typeName } from '../../format/bundle/manifest.ts'
import { type BundleFile, writeBundle } from '../../format/bundle/write.ts'
import { fingerprint } from '../../resource/fingerprint.ts'
import { type ExportPipelineOptions, exportPipeline } from '../export-pipeline.ts'
import type { ExportPlan } from '../plan/export-plan.ts'
import { parentsFirst } from '../plan/parents-first.ts'
import type { ExportRequest, PlanContext, Planner } from '../plan/planner.ts'
import { defaultFields } from '../selection/export-fields.ts'
import {
  type BundleFormat,
  type BundleOptions,
  type BundleSpool,
  readBundleOptions,
} from './bundle-export-options.ts'

type BundleStreamOptions = BundleOptions & Omit<ExportPipelineOptions, 'onRows' | 'onProgress'>

interface BundlePart {
  readonly target: Target
  readonly plan: ExportPlan
  readonly format: BundleFormat
}

/** Checks the options without a database. @throws LadingError `RESOURCE_UNKNOWN`, `OPTION_INVALID` */
export function readBundleRequest(planner: Planner, options: BundleOptions): readonly ExportRequest[] {
  const all = planner.registry.all.map(({ name }) => name)
  return readBundleOptions(options, all).map(one => planner.read(one))
}

/** Plans in the order of import. @throws LadingError `OPTION_INVALID` for a reference cycle, and those of `plan` */
export async function planBundle(
  planner: Planner,
  requests: readonly ExportRequest[],
  context: PlanContext,
): Promise<readonly BundlePart[]> {
  const parts = new Map<Target, BundlePart>()
  for (const request of requests) {
    const target = await planner.targetOf(request.selection.resource)
    const { name } = request.shape.format
    const format = name === 'csv' ? 'csv' : 'ndjson'
    parts.set(target, { target, plan: await planner.plan(request, context), format })
  }
  return inReferenceOrder([...parts.keys()]).flatMap(target => parts.get(target) ?? [])
}

/** Destroying the stream ends its query. However the stream ends, the spool is empty once it is closed. */
export function bundleStream(
  pool: Pool,
  planner: Planner,
  requests: readonly ExportRequest[],
  options: BundleStreamOptions,
): Readable {
  const abortController = new AbortController()
  async function* chunks(): AsyncGenerator<Buffer> {
    const { caller } = options
    const parts = await planBundle(planner, requests, { caller, signal: abortController.signal })
    const { spool, close } = await openSpool(options.spool)
    const keys: string[] = []
    try {
      const { manifest, files } = await printFiles(pool, parts, spool, options, keys, abortController.signal)
      yield* writeBundle(manifest, files)
    } finally {
      for (const key of keys) await spool.storage.delete(key)
      await close()
    }
  }
  return readableFrom(chunks(), () => abortController.abort())
}

async function openSpool(
  customSpool: BundleSpool | undefined,
): Promise<{ readonly spool: BundleSpool; close(): Promise<void> }> {
  if (customSpool !== undefined) return { spool: customSpool, close: async () => undefined }
  const folder = await mkdtemp(join(tmpdir(), 'lading-bundle-'))
  return {
    spool: { storage: fileStorage(folder), keyOf: file => file },
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

interface PrintedBundle {
  readonly manifest: Manifest
  readonly files: readonly BundleFile[]
}

/** Prints the files one by one on one connection, in one transaction with one snapshot. */
function printFiles(
  pool: Pool,
  parts: readonly BundlePart[],
  { storage, keyOf }: BundleSpool,
  { onRows, onProgress, batchRows, timeoutSeconds }: BundleStreamOptions,
  keys: string[],
  signal: AbortSignal,
): Promise<PrintedBundle> {
  // All plans are for the same caller.
  const setupSql = parts[0]?.plan.setupSql ?? ''
  return withSnapshot(pool, beginSnapshot(setupSql), async snapshot => {
    const createdAt = await snapshotTime(snapshot)
    const entries: ManifestEntry[] = []
    const files: BundleFile[] = []
    let rowsBefore = 0
    for (const { target, plan, format } of parts) {
      const { resource } = target
      const file = `${resource.name}.${format}`
      const key = callHook('keyOf of the spool', () => keyOf(file))
      keys.push(key)
      let rows = 0
      const orderedPlan = await parentsFirst(snapshot, target, plan, signal)
      const output = exportPipeline(snapshot, orderedPlan, {
        onRows: count => {
          rows = count
        },
        onProgress: onProgress && (({ rows: now }) => onProgress({ rows: rowsBefore + now, bytes: 0 })),
        batchRows,
        timeoutSeconds,
      })
      const stored = await storage.put(key, output, { signal })
      entries.push(entryOf(target, { file, format, rows }, stored))
      files.push({ name: file, size: stored.size, open: () => openVerified(storage, stored) })
      rowsBefore += rows
    }
    await (onRows && callListener('onRows', () => onRows(rowsBefore), { signal, timeoutSeconds }))
    return { manifest: manifestOf(createdAt, entries), files }
  })
}

/** The time of the snapshot: this is the transaction's first query. */
async function snapshotTime({ client }: SnapshotConnection): Promise<string> {
  const sql = 'select floor(extract(epoch from clock_timestamp()) * 1000)::text as moment'
  const { rows } = await client.query(sql).catch((error: unknown) => {
    throw databaseFault(error)
  })
  return new Date(Number(rows[0]?.moment)).toISOString()
}

function entryOf(
  { resource }: Target,
  facts: Pick<ManifestEntry, 'file' | 'format' | 'rows'>,
  { size, sha256 }: StoredObject,
): ManifestEntry {
  return {
    resource: resource.name,
    ...facts,
    bytes: size,
    sha256,
    fingerprint: fingerprint(resource),
    fields: defaultFields(resource).map(({ name, type, mask }) => ({
      name,
      type: typeName(type),
      ...(mask && { masked: true }),
    })),
  }
}

function manifestOf(createdAt: string, entries: readonly ManifestEntry[]): Manifest {
  return {
    lading_bundle: bundleVersion,
    lading_version: version,
    created_at: createdAt,
    format: entries[0]?.format ?? 'ndjson',
    entries: [...entries],
  }
}
