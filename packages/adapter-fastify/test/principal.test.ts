// What the option `principal` is handed is Fastify's own request, as the host's hooks have left it.
import { fastify as fastify5 } from 'fastify'
import { fastify as fastify4 } from 'fastify4'
import { expect, onTestFinished, test } from 'vitest'
import project from '../../../examples/reference-server/lading.config.ts'
import { createReferenceDatabase } from '../../../test-support/database.ts'
import { httpSuiteService } from '../../conformance/src/http/suite-service.ts'
import { ladingFastify } from '../src/index.ts'

/** What the host's types say of its requests where it has decorated them. */
const userOf = (request: unknown) => request as { user: unknown }

test.each([
  // The members used here are the same in both versions, but their types are not assignable to each other.
  ['4', fastify4 as unknown as typeof fastify5],
  ['5', fastify5],
])('the user that a hook of Fastify %s has attached to the request is the principal', async (_, fastify) => {
  const database = await createReferenceDatabase()
  const service = httpSuiteService(database.pool, project.resources, database.smallPool)
  const seen: unknown[] = []
  const app = fastify({ forceCloseConnections: true })
  onTestFinished(async () => {
    await app.close()
    await service.stop()
    await database.drop()
  })
  app.decorateRequest('user', null)
  app.addHook('onRequest', async request => {
    userOf(request).user = { id: request.headers['x-user'], roles: ['admin'] }
  })
  await app.register(ladingFastify, {
    ...service,
    principal: request => userOf(request).user,
    authorize({ principal }) {
      seen.push(principal)
      return { tenant: 'a' }
    },
  })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  expect((await fetch(`${url}/v1/imports?resource=users`, { headers: { 'x-user': '7' } })).status).toBe(200)
  expect(seen).toEqual([{ id: '7', roles: ['admin'] }])
})
