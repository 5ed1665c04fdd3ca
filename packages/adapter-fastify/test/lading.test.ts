// { lading } as an option of the plugin: an import and an export over HTTP, with nothing said twice.
import { createLading, memoryStorage } from '@lading/core'
import { fastify as fastify5 } from 'fastify'
import { fastify as fastify4 } from 'fastify4'
import { expect, onTestFinished, test } from 'vitest'
import project from '../../../examples/reference-server/lading.config.ts'
import { createReferenceDatabase } from '../../../test-support/database.ts'
import { ladingFastify } from '../src/index.ts'

test.each([
  // The members used here are the same in both versions, but their types are not assignable to each other.
  ['4', fastify4 as unknown as typeof fastify5],
  ['5', fastify5],
])('Fastify %s serves a lading under a prefix', async (_, fastify) => {
  const database = await createReferenceDatabase()
  const lading = createLading({
    pool: database.pool,
    resources: project.resources,
    storage: memoryStorage(),
    limits: { maxFileBytes: 1_000 },
  })
  const working = lading.work({ imports: 1, exports: 0 })
  const app = fastify()
  onTestFinished(async () => {
    await app.close()
    await lading.close()
    await working
    await database.drop()
  })
  const asked: string[] = []
  await app.register(ladingFastify, {
    lading,
    prefix: '/bulk',
    authorize({ action }) {
      asked.push(action)
      return { tenant: 'a' }
    },
  })
  const url = `${await app.listen({ port: 0, host: '127.0.0.1' })}/bulk/v1`

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
