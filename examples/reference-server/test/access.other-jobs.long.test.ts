// Keys of the reference server: the jobs of resources that a key is not for do not exist for it.
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createDatabase } from '../../../test-support/database.ts'
import { startServer } from './support.ts'

const entry = (name: string, key: string, may: string) =>
  `${name}:${createHash('sha256').update(key).digest('hex')}:${may}`

test('a job of a resource that a key does not cover is reported as missing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lading-keys-'))
  const database = await createDatabase()
  const server = await startServer({
    DATABASE_URL: database.url,
    STORAGE_PATH: folder,
    WORKERS_ENABLED: 'false',
    API_KEYS: [entry('all', 'all-key', '*:read+write'), entry('users', 'users-key', 'users:read+write')].join(
      ',',
    ),
  })
  async function ask(key: string, line: string, type?: string, body?: string) {
    const [method = '', path = ''] = line.split(' ')
    const response = await fetch(server.url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(type !== undefined && { 'content-type': type }) },
      ...(body !== undefined && { body }),
    })
    // Every answer to these requests is an object.
    const json = (await response.json()) as Readonly<Record<string, unknown>>
    return { status: response.status, json }
  }
  try {
    const csv = 'slug,title,content,author_id,status\n'
    const sent = await ask('all-key', 'POST /v1/imports?resource=articles', 'text/csv', csv)
    const made = await ask('all-key', 'POST /v1/exports', 'application/json', '{"resource":"articles"}')
    const [one, other] = [`/v1/imports/${sent.json.job_id}`, `/v1/exports/${made.json.job_id}`]
    for (const line of [
      `GET ${one}`,
      `GET ${one}/errors`,
      `GET ${one}/rejects`,
      `POST ${one}/retry`,
      `DELETE ${one}`,
      `GET ${other}`,
      `GET ${other}/download`,
      `DELETE ${other}`,
    ]) {
      const { status, json } = await ask('users-key', line)
      expect([line, status, json.code]).toEqual([line, 404, 'JOB_NOT_FOUND'])
    }
    for (const path of [one, other]) {
      const { status, json } = await ask('all-key', `GET ${path}`)
      expect([status, json.status]).toEqual([200, 'pending'])
    }
  } finally {
    expect(await server.stop()).toBe(0)
    await database.drop()
    await rm(folder, { recursive: true })
  }
})
