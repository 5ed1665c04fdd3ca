// A primary and its standby from one PostgreSQL installation: made, followed, ended at once, and promoted.
import { execFile, spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { appendFile, chown, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { expect } from 'vitest'

const run = promisify(execFile)

/** Of an installation with `pg_basebackup`, which the embedded one does not have. */
export function binaries(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const installed = existsSync(debian) ? readdirSync(debian).map(version => join(debian, version, 'bin')) : []
  const folders = process.env.PG_BIN === undefined ? installed : [process.env.PG_BIN]
  return folders.find(folder =>
    ['initdb', 'postgres', 'pg_ctl', 'pg_basebackup'].every(name => existsSync(join(folder, name))),
  )
}

interface Account {
  readonly uid?: number
  readonly gid?: number
}

/** PostgreSQL refuses to run as root. */
async function account(): Promise<Account> {
  if (process.getuid?.() !== 0) return {}
  const id = async (what: string) => Number((await run('id', [what, 'postgres'])).stdout)
  return { uid: await id('-u'), gid: await id('-g') }
}

export interface Cluster {
  readonly url: string
  /** Of its first process. */
  pid(): Promise<number>
  /** A standby that follows this one, once it streams. */
  follow(): Promise<Cluster>
  promote(): Promise<void>
  /** Ends it as a power cut does, and removes its data. */
  destroy(): Promise<void>
}

const settings = `
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_wal_senders = 4
hot_standby = on
wal_keep_size = '512MB'
max_connections = 60
autovacuum_naptime = '1h'
shared_buffers = '16MB'
`

/** @param bin folder of the binaries */
export async function createPrimary(bin: string): Promise<Cluster> {
  const who = await account()
  const folder = await newFolder(who)
  await run(join(bin, 'initdb'), ['-D', folder, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--no-sync'], {
    ...who,
    cwd: '/',
  })
  await appendFile(join(folder, 'postgresql.conf'), settings)
  return start(bin, folder, who)
}

async function newFolder({ uid, gid }: Account): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-standby-'))
  if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid)
  return folder
}

async function start(bin: string, folder: string, who: Account): Promise<Cluster> {
  const port = await freePort()
  const child = spawn(join(bin, 'postgres'), ['-D', folder, '-p', String(port)], {
    ...who,
    cwd: '/',
    stdio: 'ignore',
  })
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`
  await expect.poll(() => isReady(url), { timeout: 60_000, interval: 50 }).toBe(true)
  const pid = async () => Number((await readFile(join(folder, 'postmaster.pid'), 'utf8')).split('\n')[0])
  return {
    url,
    pid,
    async follow() {
      const copy = await newFolder(who)
      const from = ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres']
      const how = ['-R', '-X', 'stream', '-c', 'fast', '--no-sync']
      await run(join(bin, 'pg_basebackup'), ['-D', copy, ...from, ...how], { ...who, cwd: '/' })
      const standby = await start(bin, copy, who)
      const streams = () =>
        ask(url, `select count(*)::int as count from pg_stat_replication where state = 'streaming'`)
      await expect.poll(streams, { timeout: 60_000, interval: 50 }).toEqual([{ count: 1 }])
      return standby
    },
    async promote() {
      await run(join(bin, 'pg_ctl'), ['promote', '-D', folder, '-w'], { ...who, cwd: '/' })
    },
    async destroy() {
      child.kill('SIGQUIT')
      if (child.exitCode === null && child.signalCode === null) {
        await new Promise(resolve => child.once('exit', resolve))
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** On its own connection. */
export async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

async function isReady(url: string): Promise<boolean> {
  return ask(url, 'select').then(
    () => true,
    () => false,
  )
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
