// Child process: imports a CSV file as a job of the reference server, over HTTP. Argument: the file.
import { openAsBlob } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { peakBytesOf, startReferenceServer } from './reference-server.mjs'

const [file] = process.argv.slice(2)
const server = await startReferenceServer(process.env.DATABASE_URL)
try {
  const { url } = server
  const job = await done(url, await upload(url))
  const {
    processed_records: processed,
    successful_records: successful,
    failed_records: failed,
  } = job.progress
  const rows = { processed, successful, failed, errorsByCode: job.errors_by_code }
  // The job's own time: without the start of the server and without the upload.
  process.stdout.write(
    JSON.stringify({ seconds: job.duration_seconds, rows, peakBytes: peakBytesOf(server.pid) }),
  )
} finally {
  await server.stop()
}

async function upload(url) {
  const form = new FormData()
  form.set('resource', 'users')
  form.set('file', await openAsBlob(file), 'users.csv')
  const response = await fetch(`${url}/v1/imports`, { method: 'POST', body: form })
  const { job_id: id, detail } = await response.json()
  if (response.status !== 202) throw new Error(detail)
  return id
}

async function done(url, id) {
  for (;;) {
    const job = await (await fetch(`${url}/v1/imports/${id}`)).json()
    if (job.status === 'completed') return job
    if (job.status === 'failed') throw new Error(job.error_message)
    await setTimeout(50)
  }
}
