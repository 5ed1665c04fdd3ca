// Who asks is what the host's own authentication has left on the request: the option `principal` says where.
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import project from '../../../examples/reference-server/lading.config.ts'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { AccessRefused } from '../../core/src/http/index.ts'
import { httpSuiteService } from '../../core/src/testing/http/service.ts'
import { type LadingOptions, ladingExpress } from '../src/index.ts'

let database: TestDatabase
let service: ReturnType<typeof httpSuiteService>
let server: Server
beforeAll(async () => {
  database = await createReferenceDatabase()
  service = httpSuiteService(database.pool, project.resources, database.scarce)
})
afterEach(() => {
  server.close()
  server.closeAllConnections()
})
afterAll(async () => {
  await service.stop()
  await database.drop()
})

/** A host whose middleware knows users by a header. */
async function served(options: Partial<LadingOptions>): Promise<string> {
  const app = express()
  app.use((request, response, next) => {
    response.locals.user = JSON.parse(request.get('x-user') ?? 'null')
    next()
  })
  app.use(ladingExpress({ ...service, principal: request => request.res?.locals.user, ...options }))
  server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A TCP server that listens has an address of this form.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const by = (user: unknown) => ({ headers: { 'x-user': JSON.stringify(user) } })

test('jobs belong to the tenant of the user, also without a hook', async () => {
  const url = await served({})
  const headers = { 'content-type': 'application/json', ...by({ tenant: 'a', principal: 'ann' }).headers }
  const body = '{"resource":"users"}'
  const accepted = await fetch(`${url}/v1/exports`, { method: 'POST', headers, body })
  const { links } = (await accepted.json()) as { links: { self: string } }
  const statuses = []
  for (const user of [{ tenant: 'a' }, { tenant: 'a', principal: 'bob' }, { tenant: 'b' }, 'ann', null]) {
    statuses.push((await fetch(url + links.self, by(user))).status)
  }
  expect(statuses).toEqual([200, 200, 404, 404, 404])
  const { rows } = await database.pool.query('select tenant, principal from lading.jobs')
  expect(rows).toEqual([{ tenant: 'a', principal: 'ann' }])
})

test('what could be mistaken for nobody is refused', async () => {
  const url = await served({})
  for (const user of [{ tenant: 7 }, { tenant: '' }, ['ann'], true]) {
    expect((await fetch(`${url}/v1/resources`, by(user))).status).toBe(500)
  }
})

test('where it throws, nobody is let in', async () => {
  const broken = await served({
    principal() {
      throw new Error('secret')
    },
  })
  const response = await fetch(`${broken}/v1/resources`)
  expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining('secret')])
})

test('it may refuse by itself', async () => {
  const url = await served({
    async principal() {
      throw new AccessRefused('unauthenticated')
    },
  })
  const response = await fetch(`${url}/v1/resources`)
  expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
})

test('authorize sees the user as the host has left it', async () => {
  const seen: unknown[] = []
  const url = await served({
    authorize({ principal }) {
      seen.push(principal)
      return { tenant: 'a' }
    },
  })
  expect((await fetch(`${url}/v1/imports?resource=users`, by({ id: 7, roles: ['admin'] }))).status).toBe(200)
  expect(seen).toEqual([{ id: 7, roles: ['admin'] }])
})
