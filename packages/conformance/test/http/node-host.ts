// The service on Node's own server, without a framework, for the test files that share the whole HTTP suite.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { continueWhenRead, createHttp, handleNode, splitUrl } from '@lading/core/http'
import { afterAll, beforeAll, describe, test } from 'vitest'
import project from '../../../../examples/reference-server/lading.config.ts'
import { createReferenceDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { type HttpSuiteGroup, type HttpSuiteOptions, httpSuite } from '../../src/http/http-suite.ts'
import { httpSuiteService } from '../../src/http/suite-service.ts'

const mount = '/bulk'

/** Runs some groups of the HTTP suite on a separate database. */
export function runOnNode(groups: readonly HttpSuiteGroup[]): void {
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
  httpSuite({
    name: 'node:http',
    mount,
    service: () => service,
    register: { describe, test },
    groups,
    start: serve,
  })
}

const serve: HttpSuiteOptions['start'] = async (options, principal, before) => {
  const http = createHttp(options)
  const server = createServer(async (request, response) => {
    const { url = '/', method } = request
    const busy = before?.(request)
    if (busy !== undefined) await busy
    const below = url.startsWith(mount) ? url.slice(mount.length) : undefined
    if (below !== undefined && http.owns(splitUrl(below)[0])) {
      const known = principal && (() => principal(request.headers))
      await handleNode(http, { request, response, url: below, mount, principal: known })
    } else if (url === '/host') {
      response.end(method === 'POST' ? JSON.stringify(await json(request)) : 'hello from the host')
    } else {
      response.statusCode = 404
      response.end('host: not found')
    }
  })
  continueWhenRead(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A TCP server that listens has an address of this form.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.close()
      server.closeAllConnections()
      await http.whenIdle()
    },
  }
}
