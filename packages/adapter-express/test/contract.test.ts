// The adapter does what the service promises, on Express 4 and 5, at the root and under a prefix.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express5 from 'express'
import express4 from 'express4'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import project from '../../../examples/reference-server/lading.config.ts'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { isShortRun } from '../../../test-support/run-length.ts'
import { frameworkGroups, type HttpSuiteGroup, httpSuite } from '../../conformance/src/http/http-suite.ts'
import { httpSuiteService } from '../../conformance/src/http/suite-service.ts'
import { continueWhenRead } from '../../core/src/http/index.ts'
import { ladingExpress } from '../src/index.ts'

/**
 * packages/conformance/test/http runs the whole contract on Node's own server. Here run the groups that depend on the
 * framework, and where it is mounted differently, those that depend on the mount; for the older version only these,
 * except in `npm run test:strict`. `npm run test:matrix` runs all.
 */
const dependOnFramework = process.env.LADING_MATRIX === 'full' ? undefined : frameworkGroups
const dependOnMount: readonly HttpSuiteGroup[] = ['probes', 'host', 'export jobs']
const groupsOf: Readonly<Record<string, readonly HttpSuiteGroup[] | undefined>> = {
  '4 at the root': dependOnMount,
  '4 under a prefix': isShortRun ? dependOnMount : dependOnFramework,
  '5 at the root': dependOnFramework,
  '5 under a prefix': dependOnMount,
}

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

test('both versions are the installed ones', () => {
  // Express 4 has a router made on demand, Express 5 a public one.
  expect([express4, express5].map(express => 'del' in express.application)).toEqual([true, false])
})

for (const [version, express] of Object.entries({ 4: express4, 5: express5 })) {
  for (const mount of ['', '/api/bulk']) {
    httpSuite({
      name: `Express ${version} ${mount || 'at the root'}`,
      mount,
      service: () => service,
      register: { describe, test },
      groups: groupsOf[`${version} ${mount === '' ? 'at the root' : 'under a prefix'}`],
      async start(options, principal, before) {
        const app = express()
        if (before !== undefined) {
          app.use((request, _response, next) => {
            const busy = before(request)
            if (busy === undefined) next()
            else busy.then(() => next(), next)
          })
        } else {
          // Express 4 turns a body that was already read into an error or an empty object.
          app.use(express.json())
        }
        const lading = ladingExpress({
          ...options,
          principal: principal && (request => principal(request.headers)),
        })
        app.use(mount, lading)
        app.get('/host', (_request, response) => response.send('hello from the host'))
        app.post('/host', (request, response) => response.json(request.body))
        app.use((_request, response) => response.status(404).send('host: not found'))
        const server = createServer(app)
        continueWhenRead(server)
        server.listen(0, '127.0.0.1')
        await once(server, 'listening')
        // A TCP server that listens has an address of this form.
        const { port } = server.address() as AddressInfo
        return {
          url: `http://127.0.0.1:${port}`,
          async stop() {
            server.close()
            server.closeAllConnections()
            await lading.whenIdle()
          },
        }
      },
    })
  }
}
