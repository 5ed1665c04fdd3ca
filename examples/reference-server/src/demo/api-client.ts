// A client of the documented service: uploads, waits and downloads with plain fetch.
import { createWriteStream, openAsBlob } from 'node:fs'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout } from 'node:timers/promises'

export interface ImportStatus {
  readonly status: string
  readonly progress: {
    readonly total_records: number
    readonly successful_records: number
    readonly failed_records: number
  }
  readonly errors_by_code: Readonly<Record<string, number>>
  readonly duration_seconds: number
  readonly rows_per_second: number
  readonly error_message: string | null
}

const pollMs = 50

/** Uploads a file as a form, and waits for the end of its job. */
export async function importOverHttp(server: string, resource: string, file: string): Promise<ImportStatus> {
  const form = new FormData()
  form.set('resource', resource)
  form.set('file', await openAsBlob(file), basename(file))
  const accepted = await fetch(`${server}/v1/imports`, { method: 'POST', body: form })
  const { job_id: id, detail } = await json(accepted)
  if (accepted.status !== 202) throw new Error(`The server refused the upload of ${resource}: ${detail}`)
  for (;;) {
    const status = (await json(await fetch(`${server}/v1/imports/${id}`))) as unknown as ImportStatus
    if (status.status === 'completed') return status
    if (status.status === 'failed')
      throw new Error(`The import of ${resource} failed: ${status.error_message}`)
    await setTimeout(pollMs)
  }
}

export async function exportOverHttp(
  server: string,
  resource: string,
  format: string,
  file: string,
): Promise<void> {
  const response = await fetch(`${server}/v1/exports?resource=${resource}&format=${format}`)
  if (!response.ok || response.body === null)
    throw new Error(`The server did not send the export of ${resource}.`)
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file))
}

async function json(response: Response): Promise<Record<string, unknown>> {
  return (await response.json()) as Record<string, unknown>
}
