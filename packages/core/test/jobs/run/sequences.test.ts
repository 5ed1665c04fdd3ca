// Sequences of jobs: a sequence is past the committed rows even if the worker dies, and the option is one of the job.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeEach, expect, test } from 'vitest'
import { createHttp, handleNode } from '../../../src/http/index.ts'
import { createExporter, defineResource, Type } from '../../../src/index.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'

const harness = jobsHarness({ freshDatabase: true })
const resources = [
  defineResource('numbered', {
    table: 'numbered',
    schema: Type.Object({ id: Type.Optional(Type.Integer()), name: Type.String() }),
  }),
]
beforeEach(() =>
  harness.database.pool.query(
    'create table numbered (id bigint generated always as identity primary key, name text)',
  ),
)

const csv = (rows: number) =>
  `id,name\n${Array.from({ length: rows }, (_, row) => `${(row + 1) * 1000},n${row}\n`).join('')}`
const next = async () =>
  Number((await harness.database.pool.query(`select nextval('numbered_id_seq') as next`)).rows[0].next)
const largest = async () =>
  Number((await harness.database.pool.query('select coalesce(max(id), 0) as id from numbered')).rows[0].id)

test('a worker that stops midway leaves no row ahead of its sequence, and the next one continues', async () => {
  const source = Buffer.from(csv(200))
  const { id } = await harness
    .jobsWith({ resources })
    .submitImport({ resource: 'numbered', format: 'csv', source })
  await harness.workUntil(async () => (await largest()) > 20_000, { resources })
  const left = await largest()
  expect(left).toBeLessThan(200_000)
  expect(await next()).toBe(left + 1)
  harness.work({ resources })
  expect(await harness.ended(id)).toMatchObject({ status: 'completed', warnings: [] })
  expect(await next()).toBe(200_001)
})

test('over HTTP the option is accepted in the query and in the form, and an invalid one is rejected', async () => {
  harness.work({ resources })
  const exporter = createExporter({ pool: harness.database.pool, resources })
  const http = createHttp({ jobs: harness.jobs, exporter, resources })
  const server = createServer((request, response) => {
    void handleNode(http, { request, response, url: request.url ?? '', mount: '' })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/imports`
  const form = (fields: Record<string, string>, rows: number) => {
    const made = new FormData()
    for (const [name, value] of Object.entries(fields)) made.set(name, value)
    made.set('file', new Blob([csv(rows)]), 'rows.csv')
    return { method: 'POST', body: made }
  }
  const ended = async (response: Response) =>
    harness.ended(((await response.json()) as { job_id: string }).job_id)
  const raw = { method: 'POST', headers: { 'content-type': 'text/csv' } }

  await ended(await fetch(`${base}?resource=numbered&sequences=leave`, { ...raw, body: csv(2) }))
  expect(await next()).toBe(1)
  await ended(await fetch(base, form({ resource: 'numbered', sequences: 'leave', on_conflict: 'ignore' }, 3)))
  expect(await next()).toBe(2)
  await ended(
    await fetch(base, form({ resource: 'numbered', sequences: 'advance', on_conflict: 'ignore' }, 4)),
  )
  expect(await next()).toBe(4_001)
  const refused = await fetch(`${base}?resource=numbered&sequences=keep`, { ...raw, body: csv(1) })
  expect(refused.status).toBe(400)
  expect(await refused.json()).toMatchObject({ code: 'OPTION_INVALID' })
  server.close()
  server.closeAllConnections()
  await http.whenIdle()
})
