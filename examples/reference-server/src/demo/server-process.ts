// A reference server of its own process, as somebody else would run it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface ServerProcess {
  readonly url: string
  /** SIGTERM, and the exit code that it gave. */
  stop(): Promise<number>
}

/** @param env variables beside the inherited ones; an empty one is as good as unset */
export async function startServerProcess(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('main.js', import.meta.url))], {
    env: { ...process.env, APP_PORT: '0', LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^listening on (http:\S+)$/.exec(line)?.[1]
    if (url === undefined) continue
    child.stdout.resume()
    return {
      url,
      async stop() {
        child.kill('SIGTERM')
        const [code] = await exited
        return code ?? 1
      },
    }
  }
  const [code] = await exited
  throw new Error(`The server ended with ${code} before it was listening.`)
}
