// The service on a real socket, without a framework, for the length of a test.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { type Http, handleNode } from '../src/http/index.ts'

/** The origin at which it answers. */
export async function served(http: Http): Promise<string> {
  const server = createServer((request, response) =>
    handleNode(http, { request, response, url: request.url ?? '/', mount: '' }),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await http.whenIdle()
  })
  // A TCP server that listens has an address of this form.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
