// `npm run bench:errors`: the cost of paging and streaming the errors and rejected records of a file of bad records only.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, openAsBlob, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openServer } from './server.mjs'

const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000000' } } })
const rows = Number(values.rows)
const filters = [
  ['no filter', ''],
  ['code=INVALID_ROLE', 'code=INVALID_ROLE'],
  ['field=email', 'field=email'],
  ['code=MISSING_FIELD&field=name', 'code=MISSING_FIELD&field=name'],
]
const folder = await mkdtemp(join(tmpdir(), 'lading-bench-errors-'))
await mkdir(join(folder, 'database'))
const database = await openServer(join(folder, 'database'))
let server = await started()
try {
  const file = join(folder, 'users.csv')
  await pipeline(Readable.from(badUsers()), createWriteStream(file))
  const job = await imported(server.url, file)
  const { failed_records: failed } = job.progress
  console.log(
    `${failed} of ${rows} records rejected in ${job.duration_seconds.toFixed(1)} s (${job.rows_per_second} rows/s), server ${peak()}`,
  )
  // A new process, so that its memory is that of reading only.
  await server.stop()
  server = await started()
  const { url } = server
  const errors = `${url}/v1/imports/${job.job_id}/errors`
  for (const [name, filter] of filters) await pages(errors, name, filter)
  console.log(`before the streams: server ${peak()}`)
  await streamed('errors as CSV', errors, 'text/csv')
  await streamed('errors as NDJSON', errors, 'application/x-ndjson')
  await streamed('errors as CSV, one code', `${errors}?code=INVALID_ROLE`, 'text/csv')
  await streamed('rejected records', `${url}/v1/imports/${job.job_id}/rejects`, '*/*')
} finally {
  await server.stop()
  await database.close()
  await rm(folder, { recursive: true, force: true })
}

/** Each record breaks one rule; every fourth is MISSING_FIELD, alternating between two fields. */
function* badUsers() {
  yield 'email,name,role,active\n'
  for (let start = 0; start < rows; start += 1_000) {
    let text = ''
    for (let index = start; index < Math.min(start + 1_000, rows); index++) text += badUser(index)
    yield text
  }
}

function badUser(index) {
  switch (index % 8) {
    case 0:
      return `user${index}@example.org,,reader,true\n`
    case 4:
      return `user${index}@example.org,User ${index},,true\n`
    default:
      return index % 2 === 0
        ? `user${index},User ${index},reader,true\n`
        : `user${index}@example.org,User ${index},king,true\n`
  }
}

async function pages(errors, name, filter) {
  const page = async offset => {
    const response = await fetch(`${errors}?limit=50&offset=${offset}&${filter}`)
    return (await response.json()).pagination.total_errors
  }
  const total = await page(0)
  const places = { first: 0, middle: Math.floor(total / 2), last: Math.max(0, total - 50) }
  const timings = []
  for (const [place, offset] of Object.entries(places)) {
    const times = []
    for (let round = 0; round < 5; round++) {
      const started = performance.now()
      await page(offset)
      times.push(performance.now() - started)
    }
    timings.push(`${place} ${times.sort((a, b) => a - b)[2]?.toFixed(1)} ms`)
  }
  console.log(`page of 50, ${name} (${total} errors): ${timings.join(', ')}`)
}

async function streamed(name, address, accept) {
  const started = performance.now()
  const response = await fetch(address, { headers: { accept } })
  let bytes = 0
  for await (const chunk of response.body) bytes += chunk.length
  const seconds = (performance.now() - started) / 1000
  console.log(`${name}: ${(bytes / 1e6).toFixed(0)} MB in ${seconds.toFixed(1)} s, server ${peak()}`)
}

async function started() {
  const main = 'examples/reference-server/src/main.ts'
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', main], {
    cwd: new URL('..', import.meta.url),
    env: {
      ...process.env,
      DATABASE_URL: database.url,
      APP_PORT: '0',
      LOG_LEVEL: 'silent',
      STORAGE_PATH: join(folder, 'files'),
      IMPORT_MAX_FILE_SIZE: '1000000000000',
      STORED_ERRORS: String(rows),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGTERM')
    await exited
  }
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^listening on (\S+)$/.exec(line)?.[1]
    if (url !== undefined) return { url, pid: child.pid, stop }
  }
  throw new Error('The server ended before it was listening.')
}

async function imported(url, file) {
  const form = new FormData()
  form.set('resource', 'users')
  form.set('file', await openAsBlob(file), 'users.csv')
  const response = await fetch(`${url}/v1/imports`, { method: 'POST', body: form })
  const { job_id: id, detail } = await response.json()
  if (response.status !== 202) throw new Error(detail)
  for (;;) {
    const job = await (await fetch(`${url}/v1/imports/${id}`)).json()
    if (job.status === 'completed') return job
    if (job.status === 'failed') throw new Error(job.error_message)
    await setTimeout(100)
  }
}

/** The peak resident memory of the server; nothing without /proc. */
function peak() {
  try {
    const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8')) ?? []
    return `at most ${Math.round(Number(kib) / 1024)} MiB so far`
  } catch {
    return 'memory unknown'
  }
}
