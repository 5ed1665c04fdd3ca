// ladingExpress(lading, options): an import and an export over HTTP, with nothing said twice.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLading, memoryStorage } from '@lading/core'
import express5 from 'express'
import express4 from 'express4'
import { expect, onTestFinished, test } from 'vitest'
import project from '../../../examples/reference-server/lading.config.ts'
import { createReferenceDatabase } from '../../../test-support/database.ts'
import { ladingExpress } from '../src/index.ts'

test.each([
  ['4', express4],
  ['5', express5],
])('Express %s serves a lading under a prefix', async (_, express) => {
  const database = await createReferenceDatabase()
  const lading = createLading({
    pool: database.pool,
    resources: project.resources,
    storage: memoryStorage(),
    limits: { maxFileBytes: 1_000 },
  })
  const working = lading.work({ imports: 1, exports: 0 })
  const app = express()
  const asked: string[] = []
  const handler = ladingExpress(lading, {
    authorize({ action }) {
      asked.push(action)
      return { tenant: 'a' }
    },
  })
  app.use('/bulk', handler)
  const server = createServer(app)
  onTestFinished(async () => {
    server.close()
    server.closeAllConnections()
    await handler.whenIdle()
    await lading.close()
    await working
    await database.drop()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A TCP server that listens has an address of this form.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/bulk/v1`

  const send = (body: string) =>
    fetch(`${url}/imports?resource=users`, { method: 'POST', headers: { 'content-type': 'text/csv' }, body })
  const accepted = await send('email,name,role,active\na@example.org,Ann,reader,true\n')
  expect(accepted.status).toBe(202)
  const { job_id } = (await accepted.json()) as { job_id: string }
  await expect.poll(async () => (await lading.jobs.get(job_id, { tenant: 'a' }))?.status).toBe('completed')
  expect((await send(`email,name,role,active\n${'x'.repeat(1_000)}`)).status).toBe(413)

  const exported = await fetch(`${url}/exports?resource=users&format=csv&fields=email,name`)
  expect(await exported.text()).toBe('email,name\na@example.org,Ann\n')
  expect(new Set(asked)).toEqual(new Set(['imports.create', 'exports.stream']))
})
