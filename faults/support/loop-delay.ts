// How long the event loop of another process kept anything waiting: told by the process itself, when it is asked.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

const probe = fileURLToPath(new URL('loop-delay.mjs', import.meta.url))

export interface LoopDelay {
  readonly p99Ms: number
  readonly maxMs: number
  readonly count: number
}

/** Variables for a process that is to be asked, under a name of its own. */
export const watched = (name: string) => ({
  NODE_OPTIONS: `--import ${probe}`,
  LOOP_DELAY_FILE: fileOf(name),
})

/** Since it was asked last. */
export async function askLoopDelay(child: ChildProcess, name: string): Promise<LoopDelay> {
  const file = fileOf(name)
  child.kill('SIGUSR2')
  const text = () => readFile(file, 'utf8').catch(() => undefined)
  await expect.poll(text, { timeout: 5_000 }).toBeDefined()
  const told = JSON.parse((await text()) ?? '')
  await rm(file)
  return told
}

/** A process that has nothing to do: what it waits for, it waits for because the machine is busy. */
export async function idleProcess(name: string): Promise<ChildProcess> {
  const script = 'setInterval(() => undefined, 60_000); console.log("ready")'
  const env = { ...process.env, ...watched(name) }
  const child = spawn(process.execPath, ['-e', script], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return child
}

function fileOf(name: string): string {
  return join(tmpdir(), `lading-loop-delay-${process.pid}-${name}.json`)
}
