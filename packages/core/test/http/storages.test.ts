// Over real HTTP: a server whose storage lacks the file reports where it is, and which jobs wait for workers.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createHttp, handleNode } from '../../src/http/index.ts'
import { createExporter } from '../../src/index.ts'
import { emailsOf, type OneServer, storagesFixture } from '../fixtures/storages-fixture.ts'
import { resources } from '../support.ts'

const harness = storagesFixture()

/** Serves the jobs of one of the two while it is used. */
async function serving<Result>({ jobs }: OneServer, use: (url: string) => Promise<Result>): Promise<Result> {
  const http = createHttp({
    jobs,
    exporter: createExporter({ pool: harness.database.pool, resources }),
    resources,
  })
  const server = createServer((request, response) =>
    handleNode(http, { request, response, url: request.url ?? '/', mount: '' }),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  try {
    // A TCP server that listens has an address of this form.
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    server.close()
    await http.whenIdle()
  }
}

interface Answer {
  readonly status: number
  readonly retryAfter: string | null
  readonly body: Readonly<Record<string, unknown>>
}

async function answer(url: string): Promise<Answer> {
  const response = await fetch(url)
  const body = (await response.json()) as Answer['body']
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body }
}

test('rejected records and the file of an export get 503 from the wrong server, naming the storage that has them', async () => {
  const lies = await harness.b.storage.identity()
  const imported = await harness.submit(harness.b, 'own', {
    source: Buffer.from('email,name,role,active\nbad,N,reader,true\n'),
  })
  const exported = await harness.b.jobs.submitExport({ resource: 'users', format: 'csv' })
  harness.b.work()
  await harness.ended(imported.id)
  await harness.ended(exported.id)
  const paths = [`/v1/imports/${imported.id}/rejects`, `/v1/exports/${exported.id}/download`]
  await serving(harness.a, async url => {
    for (const path of paths) {
      const { status, retryAfter, body } = await answer(url + path)
      expect([status, body.code, retryAfter]).toEqual([503, 'STORAGE_ELSEWHERE', '5'])
      expect(body.detail).toContain(`is in another storage (${lies})`)
      expect((await fetch(url + path, { method: 'HEAD' })).status).toBe(503)
    }
  })
  await serving(harness.b, async url => {
    for (const path of paths) expect((await fetch(url + path)).status).toBe(200)
  })
})

test('a job that waits for a storage without workers is reported by its status, by the list, and by a healthy server', async () => {
  const lonely = await harness.a.storage.identity()
  const { id } = await harness.submit(harness.a, 'own')
  await harness.database.pool.query(`update lading.jobs set created_at = created_at - interval '2 minutes'`)
  await serving(harness.b, async url => {
    const status = await answer(`${url}/v1/imports/${id}`)
    expect([status.body.status, status.body.waiting_for_storage]).toEqual(['pending', lonely])
    const list = await answer(`${url}/v1/imports`)
    expect(list.body.jobs).toEqual([expect.objectContaining({ waiting_for_storage: lonely })])
    expect(await answer(`${url}/health`)).toMatchObject({
      status: 200,
      body: { status: 'healthy', waiting_for_storages: [lonely] },
    })
    expect((await fetch(`${url}/ready`)).status).toBe(200)
    harness.a.work()
    await harness.ended(id)
    expect((await answer(`${url}/v1/imports/${id}`)).body.waiting_for_storage).toBeNull()
    expect((await answer(`${url}/health`)).body).not.toHaveProperty('waiting_for_storages')
  })
  expect(await harness.emails()).toEqual(emailsOf('own'))
})

test('the file of an export can be deleted, and an import retried, at either server', async () => {
  const exported = await harness.b.jobs.submitExport({ resource: 'users', format: 'csv' })
  harness.b.work()
  await harness.ended(exported.id)
  await harness.b.stop()
  const imported = await harness.submit(harness.b, 'own')
  await harness.b.jobs.cancel(imported.id)
  await serving(harness.a, async url => {
    expect((await fetch(`${url}/v1/exports/${exported.id}`, { method: 'DELETE' })).status).toBe(204)
    expect((await answer(`${url}/v1/exports/${exported.id}/download`)).body.code).toBe('FILE_EXPIRED')
    expect((await fetch(`${url}/v1/imports/${imported.id}/retry`, { method: 'POST' })).status).toBe(202)
  })
  harness.b.work()
  expect((await harness.ended(imported.id)).status).toBe('completed')
})
