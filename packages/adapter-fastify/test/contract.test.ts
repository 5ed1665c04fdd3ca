// The adapter does what the service promises, on Fastify 4 and 5, at the root and under a prefix.
import { fastify as fastify5 } from 'fastify'
import { fastify as fastify4 } from 'fastify4'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import project from '../../../examples/reference-server/lading.config.ts'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { isShortRun } from '../../../test-support/run-length.ts'
import { frameworkGroups, type HttpSuiteGroup, httpSuite } from '../../conformance/src/http/http-suite.ts'
import { httpSuiteService } from '../../conformance/src/http/suite-service.ts'
import { ladingFastify } from '../src/index.ts'

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
  expect([fastify4().version[0], fastify5().version[0]]).toEqual(['4', '5'])
})

// What the adapter uses is the same in both versions, but their types are not assignable to each other.
const versions = { 4: fastify4 as unknown as typeof fastify5, 5: fastify5 }

for (const [version, fastify] of Object.entries(versions)) {
  for (const mount of ['', '/api/bulk']) {
    httpSuite({
      name: `Fastify ${version} ${mount || 'at the root'}`,
      mount,
      service: () => service,
      register: { describe, test },
      groups: groupsOf[`${version} ${mount === '' ? 'at the root' : 'under a prefix'}`],
      async start(options, principal, before) {
        const app = fastify({ forceCloseConnections: true })
        if (before !== undefined) {
          app.addHook('onRequest', (request, _reply, done) => {
            const busy = before(request.raw)
            if (busy === undefined) done()
            else busy.then(() => done(), done)
          })
        }
        await app.register(ladingFastify, {
          prefix: mount,
          ...options,
          principal: principal && (request => principal(request.headers)),
        })
        app.get('/host', async () => 'hello from the host')
        app.post('/host', async request => request.body)
        app.setNotFoundHandler((_request, reply) => reply.code(404).send('host: not found'))
        const url = await app.listen({ port: 0, host: '127.0.0.1' })
        return { url, stop: () => app.close() }
      },
    })
  }
}
