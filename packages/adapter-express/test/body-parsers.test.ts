// The body parsers of Express itself, configured to parse every type, in front of the service: their result is used or rejected.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import express5, { type RequestHandler } from 'express'
import express4 from 'express4'
import { afterAll, beforeAll, expect, test } from 'vitest'
import project from '../../../examples/reference-server/lading.config.ts'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { httpSuiteService } from '../../conformance/src/http/suite-service.ts'
import { ladingExpress } from '../src/index.ts'

let database: TestDatabase
let service: ReturnType<typeof httpSuiteService>
beforeAll(async () => {
  database = await createReferenceDatabase()
  service = httpSuiteService(database.pool, project.resources, database.smallPool)
})
afterAll(async () => {
  await service.stop()
  await database.drop()
})

const all = { type: () => true, limit: '1mb' }

interface Sent {
  readonly body: string | Buffer
  readonly headers: Readonly<Record<string, string>>
}

/** The answer to an upload that passes this parser, and the name that its one user then has. */
async function sent(express: typeof express5, parser: RequestHandler, { body, headers }: Sent) {
  await database.pool.query('truncate users cascade')
  const app = express()
  app.use(parser)
  const lading = ladingExpress(service)
  app.use(lading)
  const server = createServer(app)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  try {
    // A TCP server that listens has an address of this form.
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/imports?resource=users`
    const response = await fetch(url, { method: 'POST', headers, body })
    const answer = (await response.json()) as { job_id?: string; detail?: string }
    if (answer.job_id === undefined) return [response.status, answer.detail]
    const ended = async () => (await service.jobs.get(answer.job_id ?? ''))?.status
    await expect.poll(ended, { timeout: 20_000 }).toMatch(/completed|failed/)
    const { rows } = await database.pool.query('select name from users')
    return [response.status, rows.map(({ name }) => name).join()]
  } finally {
    server.closeAllConnections()
    server.close()
    await lading.whenIdle()
  }
}

const csv = 'email,name,role,active\na@example.org,Zoë,reader,true\n'
const line = '{"email":"a@example.org","name":"Zoë","role":"reader","active":true}\n'
const type = (value: string) => ({ 'content-type': value })

test.each([
  ['4', express4 as unknown as typeof express5],
  ['5', express5],
])('A24: Express %s', async (_, express) => {
  const { raw, text, json, urlencoded } = express
  const gzip = { body: gzipSync(csv), headers: { ...type('text/csv'), 'content-encoding': 'gzip' } }
  const latin1 = { body: Buffer.from(csv, 'latin1'), headers: type('text/csv; charset=iso-8859-1') }
  expect(await sent(express, raw(all), { body: csv, headers: type('text/csv') })).toEqual([202, 'Zoë'])
  expect(await sent(express, raw(all), latin1)).toEqual([202, 'Zoë'])
  expect(await sent(express, raw(all), gzip)).toEqual([202, 'Zoë'])
  expect(await sent(express, text(all), { body: csv, headers: type('text/csv') })).toEqual([202, 'Zoë'])
  expect(await sent(express, text(all), latin1)).toEqual([202, 'Zoë'])
  expect(await sent(express, text(all), gzip)).toEqual([202, 'Zoë'])
  const refused = [
    500,
    expect.stringMatching(/was read before Lading's handler, by a body parser, such as express\.json/),
  ]
  const ndjson = { body: line, headers: type('application/x-ndjson') }
  expect(await sent(express, json(all), ndjson)).toEqual(refused)
  expect(
    await sent(express, urlencoded({ ...all, extended: true }), { body: csv, headers: type('text/csv') }),
  ).toEqual(refused)
})
