// What remote files are fetched from in a suite: servers on the loopback that count their connections, and names that lead to them.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface FileServer {
  readonly port: number
  /** Connections so far, whether anything was asked on them or not. */
  connections(): number
  /** Requests so far, in their order. */
  readonly requests: readonly IncomingMessage[]
  stop(): Promise<void>
}

export type Respond = (request: IncomingMessage, response: ServerResponse) => void

/** On 127.0.0.1. @param port any free one, if it does not matter */
export async function fileServer(respond: Respond, port = 0): Promise<FileServer> {
  const requests: IncomingMessage[] = []
  let connections = 0
  const server = createServer((request, response) => {
    requests.push(request)
    respond(request, response)
  })
  server.on('connection', () => {
    connections++
  })
  await once(server.listen(port, '127.0.0.1'), 'listening')
  return {
    // A TCP server that listens has an address of this form.
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    requests,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** Names of remote servers and where they lead to. */
export interface RemoteNames {
  /** The answers to a name, one for each time that it is asked for; the last one stays. */
  set(name: string, ...answers: readonly (readonly string[])[]): void
  /** How often a name was asked for. */
  asked(name: string): number
  lookup(name: string): Promise<readonly string[]>
}

export function remoteNames(): RemoteNames {
  const names = new Map<string, { readonly answers: (readonly string[])[]; asked: number }>()
  return {
    set(name, ...answers) {
      names.set(name, { answers: [...answers], asked: 0 })
    },
    asked: name => names.get(name)?.asked ?? 0,
    async lookup(name) {
      const known = names.get(name)
      if (known === undefined) {
        throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' })
      }
      known.asked++
      return (known.answers.length > 1 ? known.answers.shift() : known.answers[0]) ?? []
    },
  }
}
