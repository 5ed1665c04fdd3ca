/** What the tests share: folders that clean up after themselves, holder processes, one query. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { onTestFinished } from 'vitest'
import { terminateOrphans } from '../src/orphans.ts'
import { poll } from '../src/poll.ts'
import { serverProcesses } from '../src/process-list.ts'

export const repository = fileURLToPath(new URL('../../..', import.meta.url))

/** A folder that others may enter; its servers and its database elsewhere go with it. */
export async function tempFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'lading-embedded-')))
  await chmod(folder, 0o755)
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export async function tempDataDir(): Promise<string> {
  const dataDir = join(await tempFolder(), 'data')
  removeAfterTest(dataDir)
  return dataDir
}

/** Later registrations run first, so the server ends before its folder goes. */
export function removeAfterTest(dataDir: string): void {
  onTestFinished(async () => {
    const home = await homeOf(dataDir)
    await terminateOrphans(join(home, 'cluster'), 0)
    if (home !== dataDir) await rm(home, { recursive: true, force: true })
  })
}

export async function homeOf(dataDir: string): Promise<string> {
  const noted = await readFile(join(dataDir, 'location'), 'utf8').catch(() => undefined)
  return noted?.trim() ?? dataDir
}

export async function processesOf(dataDir: string): Promise<number[]> {
  return serverProcesses(join(await homeOf(dataDir), 'cluster'))
}

export async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

export interface HolderProcess {
  readonly child: ChildProcess
  readonly postgres: { readonly pid: number; readonly port: number; readonly url: string }
  /** Calls stop() in it and waits for its end. */
  stop(): Promise<void>
  kill(): Promise<void>
}

export interface HolderOptions {
  readonly uid?: number
  readonly gid?: number
  readonly env?: NodeJS.ProcessEnv
  readonly args?: readonly string[]
}

/** Starts a process that holds the server of the folder, on the sources as they are. */
export async function holderProcess(
  dataDir: string,
  { args = [], ...options }: HolderOptions = {},
): Promise<HolderProcess> {
  const script = fileURLToPath(new URL('./holder-process.ts', import.meta.url))
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--import', 'tsx', script, dataDir, ...args],
    { cwd: repository, stdio: ['pipe', 'pipe', 'pipe'], ...options },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const ended = once(child, 'exit')
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    once(child, 'close').then(() =>
      Promise.reject(new Error(`The holder ended without a server: ${errors}`)),
    ),
  ])
  return {
    child,
    postgres: JSON.parse(String(line[0])) as HolderProcess['postgres'],
    async stop() {
      child.stdin.write('stop\n')
      const [code] = (await ended) as [number | null]
      if (code !== 0) throw new Error(`The holder ended with ${code}: ${errors}`)
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Fails when the condition does not come true in time. */
export async function eventually(condition: () => Promise<boolean>): Promise<void> {
  if (!(await poll(async () => ((await condition()) ? true : undefined), { timeoutMs: 20_000 })))
    throw new Error('The condition did not come true in time')
}
