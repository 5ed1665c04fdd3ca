// Keys of the reference server: what each key allows, and how a key is made.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { readConfig } from '../src/config.ts'
import { createLog } from '../src/json-log.ts'
import { type ReferenceServer, startReferenceServer } from '../src/start.ts'
import { answer, bearer, post } from './keyed-requests.ts'
import { startServer } from './support.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const entry = (name: string, key: string, may: string) =>
  `${name}:${createHash('sha256').update(key).digest('hex')}:${may}`

const keys = [
  entry('all', 'all-key', '*:read+write'),
  entry('reader', 'reader-key', '*:read'),
  entry('writer', 'writer-key', '*:write'),
  entry('users', 'users-key', 'users:read+write'),
  entry('prometheus', 'metrics-key', '*:metrics'),
  entry('acme', 'acme-key', '*:read+write:acme'),
]

let folder: string
let database: TestDatabase
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lading-keys-'))
  database = await createReferenceDatabase()
})
afterAll(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})

type Environment = Readonly<Record<string, string>>
const environment = (more: Environment) => ({
  DATABASE_URL: database.url,
  STORAGE_PATH: folder,
  WORKERS_ENABLED: 'false',
  ...more,
})
/** In this process, which saves the start of one. */
const start = (env: Environment) =>
  startReferenceServer(readConfig(environment({ APP_PORT: '0', ...env })), createLog('silent'))
const startProcess = (env: Environment) => startServer(environment(env))

const noUsers = 'email,name,role,active\n'

/** Status of a request with a key; a body is a file of users. */
async function status(
  server: Pick<ReferenceServer, 'url'>,
  key: string,
  line: string,
  resource?: string,
): Promise<number> {
  const [method = '', path = ''] = line.split(' ')
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'text/csv' }
  const body = resource === undefined ? {} : { body: noUsers }
  return (await answer(server.url + path, { method, headers, ...body })).status
}

describe.each(['fastify', 'express'])('with keys, through %s', adapter => {
  let server: ReferenceServer
  beforeAll(async () => {
    server = await start({ ADAPTER: adapter, API_KEYS: keys.join(',') })
  })
  afterAll(async () => {
    await server.stop()
  })

  test('a missing key gets a request for one, and an invalid key is reported as invalid', async () => {
    const challenge = 'Bearer realm="lading"'
    const refused = [
      [{}, challenge],
      [{ 'x-api-key': '' }, challenge],
      [{ authorization: 'Basic YWxsLWtleQ==' }, challenge],
      [{ authorization: 'all-key' }, challenge],
      [{ authorization: 'Bearer all-key-' }, `${challenge}, error="invalid_token"`],
      [{ authorization: 'Bearer all-key all-key' }, challenge],
      [{ 'x-api-key': 'ALL-KEY' }, `${challenge}, error="invalid_token"`],
      [
        { 'x-api-key': createHash('sha256').update('all-key').digest('hex') },
        `${challenge}, error="invalid_token"`,
      ],
    ] as const
    for (const [headers, wanted] of refused) {
      for (const path of ['/v1/imports', '/v1/exports?resource=users', '/openapi.json', '/metrics']) {
        const { status, headers: sent, json } = await answer(server.url + path, { headers })
        expect([status, sent.get('www-authenticate'), json.code]).toEqual([
          401,
          wanted,
          'AUTHENTICATION_REQUIRED',
        ])
      }
    }
  })

  test('a key is accepted in either header, even if a proxy has put something else into the other', async () => {
    for (const headers of [
      { authorization: 'Bearer all-key' },
      { authorization: 'bearer  all-key' },
      { 'x-api-key': 'all-key' },
      { 'x-api-key': 'all-key', authorization: 'Basic cHJveHk6cHJveHk=' },
    ]) {
      expect((await answer(`${server.url}/v1/imports`, { headers })).status).toBe(200)
    }
  })

  test('each key has exactly its rights', async () => {
    const made = await post(server, 'all-key', '/v1/imports?resource=users', 'text/csv', noUsers)
    const id = made.json.job_id
    const lines = [
      'POST /v1/imports?resource=users',
      'POST /v1/imports?resource=articles',
      'GET /v1/imports',
      `GET /v1/imports/${id}`,
      `GET /v1/imports/${id}/errors`,
      `GET /v1/imports/${id}/rejects`,
      'GET /v1/exports?resource=users',
      'GET /v1/exports?resource=articles',
      'GET /v1/resources',
      'GET /openapi.json',
      'GET /metrics',
      'GET /health',
    ]
    const may = async (key: string) => {
      const statuses = []
      for (const line of lines) {
        statuses.push(await status(server, key, line, line.startsWith('POST') ? 'users' : undefined))
      }
      return statuses
    }
    expect(await may('all-key')).toEqual([202, 202, 200, 200, 200, 200, 200, 200, 200, 200, 403, 200])
    expect(await may('reader-key')).toEqual([403, 403, 200, 200, 200, 403, 200, 200, 200, 200, 403, 200])
    expect(await may('writer-key')).toEqual([202, 202, 200, 200, 200, 200, 403, 403, 200, 200, 403, 200])
    expect(await may('users-key')).toEqual([202, 403, 200, 200, 200, 200, 200, 403, 200, 200, 403, 200])
    expect(await may('metrics-key')).toEqual([403, 403, 403, 403, 403, 403, 403, 403, 200, 200, 200, 200])
    expect(await may('acme-key')).toEqual([202, 202, 200, 404, 404, 404, 200, 200, 200, 200, 403, 200])
    expect(await status(server, 'reader-key', `DELETE /v1/imports/${id}`)).toBe(403)
    expect(await status(server, 'reader-key', `POST /v1/imports/${id}/retry`)).toBe(403)
    expect(await status(server, 'acme-key', `DELETE /v1/imports/${id}`)).toBe(404)
    expect(await status(server, 'users-key', `DELETE /v1/imports/${id}`)).toBe(202)
  })

  test('exports and export jobs need the right to read', async () => {
    const statuses = async (key: string) => {
      const made = await post(server, key, '/v1/exports', 'application/json', '{"resource":"users"}')
      const path = `/v1/exports/${made.json.job_id}`
      const lines = [`GET ${path}`, `GET ${path}/download`, `DELETE ${path}`]
      return [made.status, ...(await Promise.all(lines.map(line => status(server, key, line))))]
    }
    for (const key of ['writer-key', 'metrics-key']) expect(await statuses(key)).toEqual([403, 403, 403, 403])
    expect((await statuses('reader-key')).slice(0, 2)).toEqual([202, 200])
  })

  test('health needs no key, and the OpenAPI description names both headers', async () => {
    for (const path of ['/health', '/ready', '/live'])
      expect((await fetch(server.url + path)).status).toBe(200)
    const { json } = await answer(`${server.url}/openapi.json`, bearer('reader-key'))
    expect(json.security).toEqual([{ bearer: [] }, { apiKey: [] }])
  })
})

test('two keys with the same name are both valid during a rotation, then only the new one', async () => {
  const [old, next] = [entry('ci', 'old', '*:read+write'), entry('ci', 'new', '*:read+write')]
  const send = (server: ReferenceServer, key: string) =>
    post(server, key, '/v1/imports?resource=users', 'text/csv', noUsers, { 'idempotency-key': 'rotated' })
  const both = await start({ API_KEYS: `${old},${next}` })
  const first = await send(both, 'old')
  const again = await send(both, 'new')
  expect([first.status, again.status]).toEqual([202, 202])
  expect([again.json.job_id, again.headers.get('idempotency-replayed')]).toEqual([first.json.job_id, 'true'])
  await both.stop()
  const job = 'select tenant, principal from lading.jobs where id = $1'
  const { rows } = await database.pool.query(job, [first.json.job_id])
  expect(rows).toEqual([{ tenant: '', principal: 'ci' }])

  const one = await start({ API_KEYS: next })
  expect([(await send(one, 'old')).status, (await send(one, 'new')).status]).toEqual([401, 202])
  await one.stop()
})

test('settings can open metrics to everyone and restrict health to keys', async () => {
  const server = await start({
    API_KEYS: keys.join(','),
    METRICS_ACCESS: 'open',
    HEALTH_ACCESS: 'key',
    APP_HOST: '0.0.0.0',
  })
  const url = server.url.replace('0.0.0.0', '127.0.0.1')
  const statuses = []
  for (const path of ['/metrics', '/health', '/ready', '/live', '/v1/imports']) {
    statuses.push((await fetch(url + path)).status)
  }
  expect(statuses).toEqual([200, 401, 401, 401, 401])
  expect((await fetch(`${url}/health`, bearer('metrics-key'))).status).toBe(200)
  await server.stop()
})

test('without keys everyone on this machine has every right, and the OpenAPI description names no key', async () => {
  const server = await start({})
  for (const path of ['/metrics', '/health', '/v1/imports'])
    expect((await fetch(server.url + path)).status).toBe(200)
  const { json } = await answer(`${server.url}/openapi.json`)
  expect(json.security).toBeUndefined()
  await server.stop()
})

test('a key for an unknown resource stops the server', async () => {
  await expect(startProcess({ API_KEYS: entry('ci', 'k', 'user:read') })).rejects.toThrow(
    'API_KEYS: the key "ci" is for "user", which is not a resource; known: users, articles, comments.',
  )
})

describe('npm run key', () => {
  const run = (...args: readonly string[]) =>
    execFileSync(
      process.execPath,
      ['--import', 'tsx', 'examples/reference-server/src/create-key.ts', ...args],
      {
        cwd: root,
        encoding: 'utf8',
        stdio: 'pipe',
      },
    )

  test('prints a key and an entry that the server accepts', async () => {
    const [, key, made] =
      /^key {4}(lading_[\w-]{43})\nentry {2}(\S+)\n$/.exec(
        run('ci', '--resources', 'users,articles', '--rights', 'read', '--tenant', 'acme'),
      ) ?? []
    expect(made).toBe(entry('ci', key ?? '', 'users+articles:read:acme'))
    const server = await startProcess({ API_KEYS: made ?? '' })
    expect(await status(server, key ?? '', 'GET /v1/exports?resource=users')).toBe(200)
    expect(await status(server, key ?? '', 'GET /v1/exports?resource=comments')).toBe(403)
    expect(await server.stop()).toBe(0)
  })

  test('exits with 64 when it makes no key', () => {
    const stderr = expect.stringMatching(/^One name at a time\.\nUsage: npm run key -- <name> /)
    expect(() => run('ci', 'other')).toThrow(expect.objectContaining({ status: 64, stdout: '', stderr }))
  })
})
