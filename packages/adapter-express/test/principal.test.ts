// What the option `principal` is handed is Express's own request, as the host's middleware has left it.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express5 from 'express'
import express4 from 'express4'
import { expect, onTestFinished, test } from 'vitest'
import project from '../../../examples/reference-server/lading.config.ts'
import { createReferenceDatabase } from '../../../test-support/database.ts'
import { httpSuiteService } from '../../conformance/src/http/suite-service.ts'
import { ladingExpress } from '../src/index.ts'

test.each([
  ['4', express4],
  ['5', express5],
])('the user that a middleware of Express %s has stored in `locals` is the principal', async (_, express) => {
  const database = await createReferenceDatabase()
  const service = httpSuiteService(database.pool, project.resources, database.smallPool)
  const seen: unknown[] = []
  const app = express()
  app.use((request, response, next) => {
    response.locals.user = { id: request.get('x-user'), roles: ['admin'] }
    next()
  })
  app.use(
    ladingExpress({
      ...service,
      principal: request => request.res?.locals.user,
      authorize({ principal }) {
        seen.push(principal)
        return { tenant: 'a' }
      },
    }),
  )
  const server = createServer(app)
  onTestFinished(async () => {
    server.close()
    server.closeAllConnections()
    await service.stop()
    await database.drop()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A TCP server that listens has an address of this form.
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/v1/imports?resource=users`
  expect((await fetch(url, { headers: { 'x-user': '7' } })).status).toBe(200)
  expect(seen).toEqual([{ id: '7', roles: ['admin'] }])
})
