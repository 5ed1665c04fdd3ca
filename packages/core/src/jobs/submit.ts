// What is asked → a pending job and its queue message, or nothing at all.
import { randomUUID } from 'node:crypto'
import type { Exporter } from '../exporter/create-exporter.ts'
import { formatNamed } from '../format/formats.ts'
import type { ImporterInternals } from '../importer/internals.ts'
import { checkPolicy } from '../importer/run.ts'
import { type ImportSettings, readSettings } from '../importer/settings.ts'
import { withClient } from '../postgres/client.ts'
import type { Queue } from '../queue/queue.ts'
import { checkMapping } from '../resource/mapping.ts'
import type { Storage } from '../storage/storage.ts'
import type { Job } from './job.ts'
import { toJob } from './job-row.ts'
import type { JobStore, NewJob } from './job-store.ts'
import type { SubmitExport, SubmitImport } from './jobs.ts'
import { spool } from './spool.ts'

interface Parts {
  readonly importer: ImporterInternals
  readonly queue: Queue
  readonly store: JobStore
}

export async function submitImport(
  submit: SubmitImport,
  { importer, queue, storage, store }: Parts & { readonly storage: Storage },
): Promise<Job> {
  const { name } = importer.registry.get(submit.resource)
  const format = formatNamed(submit.format).name
  await checkedSettings(submit, importer)
  const source = await spool(storage, { ...submit, format })
  try {
    const settings = await checkedSettings({ ...submit, ...submit.laterSettings?.() }, importer)
    const options = { ...settings, ...(submit.maxBytes !== undefined && { maxBytes: submit.maxBytes }) }
    return await begin(
      { id: randomUUID(), kind: 'import', resource: name, format, options, source },
      store,
      queue,
    )
  } catch (error) {
    await storage.delete(source.key)
    throw error
  }
}

/** @throws LadingError `OPTION_INVALID` for what could never work, before there is a job that says so */
async function checkedSettings(submit: SubmitImport, importer: ImporterInternals): Promise<ImportSettings> {
  const settings = readSettings(submit)
  const resource = importer.registry.get(submit.resource)
  if (settings.mapping !== undefined) checkMapping(resource, settings.mapping)
  if ((settings.onConflict ?? 'error') !== 'error') {
    // Whether there is a key is the catalogue's to say: a primary key counts as one.
    await withClient(importer.pool, async client => {
      checkPolicy(await importer.targetOf(client, resource.name), settings)
    })
  }
  return settings
}

export async function submitExport(
  submit: SubmitExport,
  { importer, exporter, queue, store }: Parts & { readonly exporter: Exporter },
): Promise<Job> {
  const { name } = importer.registry.get(submit.resource)
  const format = formatNamed(submit.format).name
  const filters = submit.filters ?? {}
  await exporter.check({ resource: name, format, filters })
  return begin(
    { id: randomUUID(), kind: 'export', resource: name, format, options: { filters } },
    store,
    queue,
  )
}

/** A queue in the same database gets its message in the transaction that writes the job; any other, right behind it. */
async function begin(job: NewJob, store: JobStore, queue: Queue): Promise<Job> {
  const message = { jobId: job.id, resource: job.resource, kind: job.kind }
  if (queue.joinsTransactions)
    return toJob(await store.insert(job, client => queue.enqueue(message, { client })))
  const row = await store.insert(job)
  await queue.enqueue(message)
  return toJob(row)
}
