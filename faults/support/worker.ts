// A worker process from outside: its output, how it ended, and how much memory it used.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import type { WorkerEvent, WorkerSettings } from './settings.ts'

export interface WorkerEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** All of its output. */
  readonly events: readonly WorkerEvent[]
}

export interface Worker {
  readonly pid: number
  /** Resolves with the first event of this name. @throws Error if the process ends without it */
  reported<Name extends WorkerEvent['event']>(name: Name): Promise<Extract<WorkerEvent, { event: Name }>>
  has(name: WorkerEvent['event']): boolean
  send(signal: NodeJS.Signals): void
  readonly ended: Promise<WorkerEnd>
  /** Largest resident memory so far, of a process that still runs; 0 if unknown. */
  peakBytes(): number
}

export interface SpawnOptions {
  /** Milliseconds by which its clock is wrong. */
  readonly skewMs?: number | undefined
}

/** Milliseconds for anything that a worker is waited for. */
const patienceMs = 45_000

const skewFile = fileURLToPath(new URL('skew.mjs', import.meta.url))

export function startWorker(settings: WorkerSettings, { skewMs }: SpawnOptions = {}): Worker {
  const args = skewMs === undefined ? [] : ['--import', skewFile]
  const child = spawn(process.execPath, ['--enable-source-maps', ...args, inject('workerFile')], {
    env: { ...process.env, FAULT_SETTINGS: JSON.stringify(settings), FAULT_SKEW_MS: String(skewMs ?? 0) },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  })
  const events: WorkerEvent[] = []
  const waiting = new Set<() => void>()
  const lines = createInterface({ input: child.stdio[3] as Readable })
  lines.on('line', line => {
    events.push(JSON.parse(line) as WorkerEvent)
    for (const wake of [...waiting]) wake()
  })
  const said = text(child.stderr as Readable)
  const ended = endOf(child, lines, events, said)
  return {
    pid: child.pid ?? 0,
    ended,
    has: name => events.some(({ event }) => event === name),
    reported: name =>
      new Promise((resolve, reject) => {
        const giveUp = () =>
          reject(new Error(`The worker never reported "${name}": ${JSON.stringify(events)}`))
        setTimeout(giveUp, patienceMs).unref()
        const look = () => {
          const found = events.find(({ event }) => event === name)
          if (found === undefined) return
          waiting.delete(look)
          // Found by its name.
          resolve(found as never)
        }
        waiting.add(look)
        look()
        void ended.then(async end => {
          look()
          reject(new Error(`The worker ended without "${name}": ${JSON.stringify(end)} ${await said}`))
        })
      }),
    send: signal => child.kill(signal),
    peakBytes() {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
        return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
      } catch {
        return 0
      }
    },
  }
}

async function endOf(
  child: ChildProcess,
  lines: NodeJS.EventEmitter,
  events: WorkerEvent[],
  said: Promise<string>,
): Promise<WorkerEnd> {
  const [[code, signal]] = await Promise.all([once(child, 'exit'), once(lines, 'close')])
  // Any uncaught error fails the test, whatever it tests: see `harness.ts`.
  const isReported = events.some(({ event }) => event === 'unhandled')
  if (code !== 0 && signal === null && !isReported) {
    events.push({ event: 'unhandled', error: `exit ${code}: ${await said}` })
  }
  return { code, signal, events }
}
