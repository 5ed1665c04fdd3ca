// Child process: imports a CSV file as a job of the reference server, over HTTP. Argument: the file.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openAsBlob, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const [file] = process.argv.slice(2)
const main = fileURLToPath(new URL('../examples/reference-server/dist/main.js', import.meta.url))
const storage = await mkdtemp(join(tmpdir(), 'lading-bench-files-'))
const server = spawn(process.execPath, [main], {
  env: {
    ...process.env,
    APP_PORT: '0',
    LOG_LEVEL: 'silent',
    STORAGE_PATH: storage,
    IMPORT_MAX_FILE_SIZE: '1000000000000',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
})
const exited = once(server, 'exit')
try {
  const url = await listening()
  const job = await done(url, await upload(url))
  const {
    processed_records: processed,
    successful_records: successful,
    failed_records: failed,
  } = job.progress
  const rows = { processed, successful, failed, errorsByCode: job.errors_by_code }
  // The job's own time: without the start of the server and without the upload.
  process.stdout.write(
    JSON.stringify({ seconds: job.duration_seconds, rows, peakBytes: peakBytes(server.pid) }),
  )
} finally {
  server.kill('SIGTERM')
  await exited
  await rm(storage, { recursive: true, force: true })
}

async function listening() {
  for await (const line of createInterface({ input: server.stdout })) {
    const url = /^listening on (\S+)$/.exec(line)?.[1]
    if (url !== undefined) return url
  }
  throw new Error('The server ended before it was listening.')
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

/** The most memory that the server ever had resident; null where there is no /proc. */
function peakBytes(pid) {
  try {
    const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kib === undefined ? null : Number(kib) * 1024
  } catch {
    return null
  }
}
