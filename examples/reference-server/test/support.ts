// A reference server in its own process, from the build or from newer sources, and its output.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { isBuildFresh } from '../../../test-support/fresh-build.ts'

export interface RunningServer {
  readonly url: string
  readonly child: ChildProcess
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>
}

const root = fileURLToPath(new URL('../../..', import.meta.url))
const source = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const command = isBuildFresh() ? [main] : ['--conditions=source', '--import', 'tsx', source]

export function spawnServer(env: Readonly<Record<string, string>>): ChildProcess {
  const { DATABASE_URL: _, ...inherited } = process.env
  return spawn(process.execPath, command, {
    cwd: root,
    env: { ...inherited, APP_PORT: '0', LOG_LEVEL: 'silent', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** @throws Error with what the server said, if it ends before it listens */
export async function startServer(env: Readonly<Record<string, string>>): Promise<RunningServer> {
  const child = spawnServer(env)
  const exited = once(child, 'exit')
  let said = ''
  child.stderr?.on('data', chunk => {
    said += chunk
  })
  if (child.stdout === null) throw new Error('The server has no output.')
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^listening on (http:\S+)$/.exec(line)?.[1]
    if (url === undefined) continue
    child.stdout.resume()
    return {
      url,
      child,
      async stop() {
        child.kill('SIGTERM')
        const [code] = await exited
        return code
      },
    }
  }
  await exited
  throw new Error(said)
}
