/** Free TCP ports of 127.0.0.1. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** A free port; another process may take it before it is used. */
export async function freePort(): Promise<number> {
  return listen(0)
}

export async function isPortFree(port: number): Promise<boolean> {
  return listen(port).then(
    () => true,
    () => false,
  )
}

async function listen(port: number): Promise<number> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  // A TCP server has an address object; only a pipe has a string.
  const { port: boundPort } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return boundPort
}
