// Several resources → the bytes of a bundle: each printed in one snapshot into a spool, and then packed.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { version } from '../../../config/version.ts'
import { callHook, callListener } from '../../../errors/hook.ts'
import type { Pool } from '../../../postgres/pool/client.ts'
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
import { exportPipeline, type PipelineOptions } from '../export-pipeline.ts'
import type { ExportPlan } from '../plan/export-plan.ts'
import { parentsFirst } from '../plan/parents-first.ts'
import type { Asker, Planner, Request } from '../plan/planner.ts'
import { defaultFields } from '../selection/export-fields.ts'
import {
  type BundleFormat,
  type BundleOptions,
  type BundleSpool,
  readBundleOptions,
} from './bundle-export-options.ts'

type BundlePrinting = BundleOptions & Omit<PipelineOptions, 'onRows' | 'onProgress'>

interface Piece {
  readonly target: Target
  readonly plan: ExportPlan
  readonly format: BundleFormat
}

/** Judges what can be judged without a database. @throws LadingError `RESOURCE_UNKNOWN`, `OPTION_INVALID` */
export function readBundleRequest(planner: Planner, options: BundleOptions): readonly Request[] {
  const all = planner.registry.all.map(({ name }) => name)
  return readBundleOptions(options, all).map(one => planner.read(one))
}

/** In the order in which they can be imported. @throws LadingError `OPTION_INVALID` for a circle, and those of `plan` */
export async function planBundle(
  planner: Planner,
  requests: readonly Request[],
  asker: Asker,
): Promise<readonly Piece[]> {
  const pieces = new Map<Target, Piece>()
  for (const request of requests) {
    const target = await planner.targetOf(request.wanted.resource)
    const { name } = request.shape.format
    const format = name === 'csv' ? 'csv' : 'ndjson'
    pieces.set(target, { target, plan: await planner.plan(request, asker), format })
  }
  return inReferenceOrder([...pieces.keys()]).flatMap(target => pieces.get(target) ?? [])
}

/** Destroying the stream ends its query. Whatever way it ends, nothing is left in the spool when it is closed. */
export function bundleStream(
  pool: Pool,
  planner: Planner,
  requests: readonly Request[],
  options: BundlePrinting,
): Readable {
  const abandoned = new AbortController()
  async function* chunks(): AsyncGenerator<Buffer> {
    const { caller } = options
    const pieces = await planBundle(planner, requests, { caller, signal: abandoned.signal })
    const { spool, close } = await openSpool(options.spool)
    const keys: string[] = []
    try {
      const { manifest, files } = await print(pool, pieces, spool, options, keys, abandoned.signal)
      yield* writeBundle(manifest, files)
    } finally {
      for (const key of keys) await spool.storage.delete(key)
      await close()
    }
  }
  return readableFrom(chunks(), () => abandoned.abort())
}

async function openSpool(
  given: BundleSpool | undefined,
): Promise<{ readonly spool: BundleSpool; close(): Promise<void> }> {
  if (given !== undefined) return { spool: given, close: async () => undefined }
  const folder = await mkdtemp(join(tmpdir(), 'lading-bundle-'))
  return {
    spool: { storage: fileStorage(folder), keyOf: file => file },
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

interface Printed {
  readonly manifest: Manifest
  readonly files: readonly BundleFile[]
}

/** One after the other on one connection, in one transaction that sees one moment. */
function print(
  pool: Pool,
  pieces: readonly Piece[],
  { storage, keyOf }: BundleSpool,
  { onRows, onProgress, batchRows, timeoutSeconds }: BundlePrinting,
  keys: string[],
  signal: AbortSignal,
): Promise<Printed> {
  // All of them are for the same caller.
  const settings = pieces[0]?.plan.settings ?? ''
  return withSnapshot(pool, beginSnapshot(settings), async session => {
    const createdAt = await moment(session)
    const entries: ManifestEntry[] = []
    const files: BundleFile[] = []
    let before = 0
    for (const { target, plan, format } of pieces) {
      const { resource } = target
      const file = `${resource.name}.${format}`
      const key = callHook('keyOf of the spool', () => keyOf(file))
      keys.push(key)
      let rows = 0
      const ordered = await parentsFirst(session, target, plan, signal)
      const printed = exportPipeline(session, ordered, {
        onRows: count => {
          rows = count
        },
        onProgress: onProgress && (({ rows: now }) => onProgress({ rows: before + now, bytes: 0 })),
        batchRows,
        timeoutSeconds,
      })
      const stored = await storage.put(key, printed, { signal })
      entries.push(entryOf(target, { file, format, rows }, stored))
      files.push({ name: file, size: stored.size, open: () => openVerified(storage, stored) })
      before += rows
    }
    await (onRows && callListener('onRows', () => onRows(before), { signal, timeoutSeconds }))
    return { manifest: manifestOf(createdAt, entries), files }
  })
}

/** The first query of the transaction, and so the moment that all of it sees. */
async function moment({ client }: SnapshotConnection): Promise<string> {
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
