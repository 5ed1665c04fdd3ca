// Runs a child process to its end, and measures the wall-clock time from spawn to exit.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, signal?: AbortSignal }} options `env` adds to this process's
 * @returns {Promise<{ seconds: number, stdout: string }>} rejects with the output of the child if it failed
 */
export async function run(command, args, { cwd, env, signal } = {}) {
  signal?.throwIfAborted()
  const started = performance.now()
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    signal,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit').then(([code, killedBy]) => ({
    seconds: (performance.now() - started) / 1000,
    ending: killedBy ?? code,
  }))
  const [{ seconds, ending }, stdout, stderr] = await Promise.all([
    exited,
    text(child.stdout),
    text(child.stderr),
  ])
  if (ending !== 0) throw new Error(`${command} ended with ${ending}:\n${stderr}${stdout}`)
  return { seconds, stdout }
}
