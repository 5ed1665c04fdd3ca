// What another process reports of itself on request: a module is loaded before it, which answers signals.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export interface LoopDelay {
  readonly p99Ms: number
  readonly maxMs: number
  readonly count: number
}

const answerMs = 30_000

/** Variables for a process that answers requests, under its own name. */
export const watched = (what: 'loop-delay' | 'memory', name: string) => ({
  NODE_OPTIONS: `--import ${fileURLToPath(new URL(`${what}.mjs`, import.meta.url))}`,
  LADING_TOLD: fileOf(name),
})

/** @throws Error if it does not answer */
export async function ask<Reported>(child: ChildProcess, name: string): Promise<Reported> {
  const file = fileOf(name)
  child.kill('SIGUSR2')
  const deadline = performance.now() + answerMs
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => undefined)
    if (text !== undefined) {
      await rm(file)
      return JSON.parse(text)
    }
    if (performance.now() > deadline) throw new Error(`${name} did not answer.`)
    await delay(10)
  }
}

/** A process that has nothing to do: what it waits for, it waits for because the machine is busy. */
export async function idleProcess(name: string): Promise<ChildProcess> {
  const script = 'setInterval(() => undefined, 60_000); console.log("ready")'
  const env = { ...process.env, ...watched('loop-delay', name) }
  const child = spawn(process.execPath, ['-e', script], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return child
}

function fileOf(name: string): string {
  return join(tmpdir(), `lading-told-${process.pid}-${name}.json`)
}
