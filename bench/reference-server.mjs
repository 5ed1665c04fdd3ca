// Runs the reference server as a process on any free port, and reads its peak memory.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/**
 * @param {string} databaseUrl
 * @returns {Promise<{ url: string, pid: number, stop(): Promise<void> }>} `stop` leaves nothing behind
 */
export async function startReferenceServer(databaseUrl) {
  const main = fileURLToPath(new URL('../examples/reference-server/dist/main.js', import.meta.url))
  const storage = await mkdtemp(join(tmpdir(), 'lading-bench-files-'))
  const server = spawn(process.execPath, [main], {
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      APP_PORT: '0',
      LOG_LEVEL: 'silent',
      STORAGE_PATH: storage,
      IMPORT_MAX_FILE_SIZE: '1000000000000',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(server, 'exit')
  const stop = async () => {
    server.kill('SIGTERM')
    await exited
    await rm(storage, { recursive: true, force: true })
  }
  for await (const line of createInterface({ input: server.stdout })) {
    const url = /^listening on (\S+)$/.exec(line)?.[1]
    if (url !== undefined) return { url, pid: server.pid, stop }
  }
  await stop()
  throw new Error('The server ended before it was listening.')
}

/** The peak resident memory of a process; null without /proc. */
export function peakBytesOf(pid) {
  try {
    const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kib === undefined ? null : Number(kib) * 1024
  } catch {
    return null
  }
}
