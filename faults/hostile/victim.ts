// The reference server in its own process, on its own database, with what can be counted of it from outside.
import { once } from 'node:events'
import type { Dirent } from 'node:fs'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Worker } from 'node:worker_threads'
import pg from 'pg'
import { spawnServer } from '../../examples/reference-server/test/support.ts'
import { startOwnServer } from '../../test-support/own-server.ts'
import { storedFiles } from '../../test-support/stored-files.ts'
import { ask, watched } from '../support/watched.ts'

export interface Counted {
  readonly descriptors: number
  /** Backends of its connections that are not idle: in a query, or in a transaction. */
  readonly busy: number
  /** Stored files that belong to no job. */
  readonly spool: number
  /** Temporary files of forms. */
  readonly forms: number
  /** MiB that it needs when all garbage is collected. */
  readonly needed: number
  /** MiB of RSS, now and at most. */
  readonly resident: number
  readonly peak: number
}

export interface Probed {
  readonly times: readonly number[]
  readonly failures: number
}

export interface Victim {
  readonly url: string
  readonly pool: pg.Pool
  count(): Promise<Counted>
  /** Answers of `/live` since it was asked the last time. */
  probed(): Promise<Probed>
  /** Lines of its log that report a fault. */
  readonly faults: readonly string[]
  /** Its exit code. */
  stop(): Promise<number | null>
}

const leak = `--import ${new URL('leak.mjs', import.meta.url)}`

/** Limits that an attack of a minute meets; everything else is as documented. */
const limits = { HEADERS_SECONDS: '3', BODY_RATE_SECONDS: '3', STALLED_ANSWER_SECONDS: '5' }

/** @param leaks whether it keeps something of every request, which the attacks have to find */
export async function startVictim(adapter: string, leaks: boolean): Promise<Victim> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-hostile-'))
  // The database may run as another user, which must be able to reach it.
  await chmod(folder, 0o755)
  const temporary = await mkdtemp(join(tmpdir(), 'lading-hostile-forms-'))
  const database = await startOwnServer({ dataDir: join(folder, 'postgres'), database: 'hostile' })
  const files = join(folder, 'files')
  const memory = watched('memory', adapter)
  const child = spawnServer({
    ...limits,
    ADAPTER: adapter,
    DATABASE_URL: database.url,
    STORAGE_PATH: files,
    LOG_LEVEL: 'error',
    TMPDIR: temporary,
    ...memory,
    NODE_OPTIONS: `--unhandled-rejections=strict ${memory.NODE_OPTIONS} ${leaks ? leak : ''}`,
  })
  const exited = once(child, 'exit')
  child.stderr?.pipe(process.stderr)
  const faults: string[] = []
  const url = await new Promise<string>((resolve, reject) => {
    if (child.stdout === null) return reject(new Error('The server has no output.'))
    createInterface({ input: child.stdout }).on('line', line => {
      const found = /^listening on (http:\S+)$/.exec(line)?.[1]
      if (found === undefined) faults.push(line)
      else resolve(found)
    })
    child.once('exit', () => reject(new Error('The server did not start.')))
  })
  const pool = new pg.Pool({ connectionString: database.url, max: 2, application_name: 'hostile' })
  pool.on('error', () => undefined)
  const probe = new Worker(new URL('probe.mjs', import.meta.url), { workerData: { url } })
  const status = async (name: string) => {
    const text = await readFile(`/proc/${child.pid}/status`, 'utf8')
    return Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1]) / 1024)
  }
  const stored = async () => {
    const entries = await entriesOf(files)
    const sources = entries.filter(entry => entry.isFile())
    const { rows } = await pool.query('select source_key, file_key from lading.jobs')
    const known = new Set(rows.flatMap(row => [row.source_key, row.file_key]))
    const keyOf = (path: string, name: string) => join(path, name).slice(files.length + 1)
    return sources.filter(({ parentPath, name }) => !known.has(keyOf(parentPath, name))).length
  }
  const asked = async (message: 'tell' | 'stop'): Promise<Probed> => {
    probe.postMessage(message)
    const [reported] = await once(probe, 'message')
    return reported
  }
  return {
    url,
    pool,
    faults,
    probed: () => asked('tell'),
    async count() {
      const backends = await pool.query(
        `select count(*)::int from pg_stat_activity
         where datname = current_database() and application_name <> 'hostile'
           and backend_type = 'client backend' and state <> 'idle'`,
      )
      return {
        descriptors: (await readdir(`/proc/${child.pid}/fd`)).length,
        busy: backends.rows[0].count,
        spool: await stored(),
        forms: (await readdir(temporary)).filter(name => name.startsWith('lading-upload-')).length,
        needed: Math.round((await ask<number>(child, adapter)) / 1024 / 1024),
        resident: await status('VmRSS'),
        peak: await status('VmHWM'),
      }
    },
    async stop() {
      await asked('stop')
      await pool.end()
      child.kill('SIGTERM')
      const [code] = await exited
      await database.stop()
      await rm(folder, { recursive: true })
      await rm(temporary, { recursive: true })
      return code
    },
  }
}

/** Folders go while they are looked through. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  for (;;) {
    try {
      return await storedFiles(folder)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    }
  }
}
