// A file by its address: fetched from what REMOTE_ALLOW names, and its secret in no line that the server writes.
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { spawnServer } from './support.ts'

const secret = 'dont-tell-anybody'
const files = createServer((request, response) => {
  if (request.url?.startsWith('/users.csv'))
    response.end('email,name,role,active\na@example.org,A,reader,true\nb,,,\n')
  else response.writeHead(403).end()
})

let database: TestDatabase
let folder: string
beforeAll(async () => {
  database = await createReferenceDatabase()
  folder = await mkdtemp(join(tmpdir(), 'lading-remote-'))
  await once(files.listen(0, '127.0.0.1'), 'listening')
})
afterAll(async () => {
  files.close()
  await database.drop()
  await rm(folder, { recursive: true })
})

type Json = Record<string, unknown>

test('a job of the running server', async () => {
  const { port } = files.address() as AddressInfo
  const child = spawnServer({
    DATABASE_URL: database.url,
    LOG_LEVEL: 'trace',
    REMOTE_ALLOW: `127.0.0.1:${port}`,
    STORAGE_PATH: folder,
  })
  const said: string[] = []
  let url = ''
  if (child.stdout === null || child.stderr === null) throw new Error('The server has no output.')
  child.stderr.on('data', chunk => said.push(String(chunk)))
  createInterface({ input: child.stdout }).on('line', line => {
    said.push(line)
    url ||= /^listening on (http:\S+)$/.exec(line)?.[1] ?? ''
  })
  await expect.poll(() => url, { timeout: 20_000 }).not.toBe('')

  const send = async (file_url: string) => {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ resource: 'users', file_url })
    return (await (await fetch(`${url}/v1/imports`, { method: 'POST', headers, body })).json()) as Json
  }
  const ended = async ({ job_id }: Json) => {
    const job = async () => (await (await fetch(`${url}/v1/imports/${job_id}`)).json()) as Json
    await expect.poll(async () => (await job()).status).toMatch(/completed|failed/)
    return job()
  }
  const done = await ended(await send(`http://127.0.0.1:${port}/users.csv?key=${secret}`))
  expect([done.status, (done.progress as Json).inserted_records]).toEqual(['completed', 1])
  const failed = await ended(await send(`http://127.0.0.1:${port}/${secret}/other.csv?key=${secret}`))
  expect(failed.error_code).toBe('SOURCE_UNAVAILABLE')
  const refused = await send(`http://127.0.0.2:${port}/users.csv?key=${secret}`)
  expect(refused.code).toBe('URL_NOT_ALLOWED')
  said.push(await (await fetch(`${url}/metrics`)).text())

  // After its last line, too.
  const exited = once(child, 'close')
  child.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
  expect(said.filter(line => line.includes('"msg":"job"')).length).toBe(2)
  expect(said.filter(line => line.includes(secret))).toEqual([])
})
