// The service in this process, on Express and on Fastify, for exports that are aborted.
import { once } from 'node:events'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { ladingExpress } from '../../packages/adapter-express/src/index.ts'
import { ladingFastify } from '../../packages/adapter-fastify/src/index.ts'
import type { HttpOptions } from '../../packages/core/src/http/index.ts'

export interface Host {
  readonly url: string
  stop(): Promise<void>
}

/** The frameworks belong to their adapters. */
const from = (adapter: string) =>
  createRequire(new URL(`../../packages/${adapter}/package.json`, import.meta.url))

export const hosts: Readonly<Record<string, (options: HttpOptions) => Promise<Host>>> = {
  async express(options) {
    const app = from('adapter-express')('express')()
    app.use(ladingExpress(options))
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    // A TCP server that listens has an address of this form.
    const { port } = server.address() as AddressInfo
    return {
      url: `http://127.0.0.1:${port}`,
      async stop() {
        server.closeAllConnections()
        await new Promise(resolve => server.close(resolve))
      },
    }
  },
  async fastify(options) {
    const app = from('adapter-fastify')('fastify')({ forceCloseConnections: true })
    await app.register(ladingFastify, options)
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    return { url, stop: () => app.close() }
  },
}
