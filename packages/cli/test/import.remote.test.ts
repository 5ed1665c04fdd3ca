// lading import <address>: the file is read as it comes, and from nowhere that was not allowed.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { type FileServer, fileServer } from '../../conformance/src/http/remote-names.ts'
import { callLading, referenceConfig } from './support.ts'

const csv = 'email,name,role,active\nann@example.com,Ann,admin,true\nbob@example.com,Bob,reader,false\n'

let database: TestDatabase
let server: FileServer
beforeEach(async () => {
  database = await createReferenceDatabase()
  server = await fileServer((request, response) => {
    if (request.url?.startsWith('/broken')) {
      response.writeHead(200, { 'content-length': 10_000 })
      response.write(csv, () => response.socket?.destroySoon())
    } else if (request.url?.startsWith('/users')) response.end(csv)
    else response.writeHead(404).end()
  })
})
afterEach(async () => {
  await server.stop()
  await database.drop()
})

const importFrom = (path: string, ...options: string[]) =>
  callLading(
    [
      'import',
      `http://127.0.0.1:${server.port}${path}`,
      '--resource',
      'users',
      ...options,
      '--config',
      referenceConfig,
    ],
    { databaseUrl: database.url },
  )
const emails = async () => {
  const { rows } = await database.pool.query('select email from users order by email')
  return rows.map(({ email }) => email)
}

test('a file is fetched from an allowed server, under a name without secrets', async () => {
  const { code, stdout, stderr } = await importFrom(
    '/users/2026/users.csv?key=secret',
    '--remote-allow',
    '127.0.0.1:*',
  )
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain(`http://127.0.0.1:${server.port}/…/users.csv into users`)
  expect(stdout).not.toContain('secret')
  expect(await emails()).toEqual(['ann@example.com', 'bob@example.com'])
})

test('a server that is not allowed is not connected to', async () => {
  const { code, stderr } = await importFrom('/users.csv')
  expect(code).toBe(1)
  expect(stderr).toContain('The address is not allowed')
  expect(stderr).toContain('--remote-allow')
  expect(server.connections()).toBe(0)
})

test('a file that cannot be fetched is reported', async () => {
  const { code, stderr } = await importFrom('/nothing.csv', '--remote-allow', '127.0.0.1:*')
  expect([code, stderr]).toEqual([1, expect.stringContaining('answered with status 404 instead of the file')])
})

test('a transfer that breaks and cannot be resumed is reported, and --atomic keeps nothing of it', async () => {
  const { code, stderr } = await importFrom('/broken.csv', '--atomic', '--remote-allow', '127.0.0.1:*')
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining('the rest of the same version cannot be fetched'),
  ])
  expect(await emails()).toEqual([])
})

test('an invalid entry of the allow list is a usage error', async () => {
  const { code, stderr } = await importFrom('/users.csv', '--remote-allow', '10.0.0.0/99')
  expect([code, stderr]).toEqual([64, expect.stringContaining('"10.0.0.0/99" cannot be allowed')])
})
