/** Creates the database cluster once, complete under its final name or not at all. Call under the lock. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { lchown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EmbeddedPostgresError, errnoOf } from './embedded-error.ts'
import type { Installation } from './installation.ts'
import { runOptions } from './run-options.ts'
import { logTail, openLog } from './server-log.ts'

const DRAFT = 'initdb-'

/**
 * Creates the cluster unless it exists.
 *
 * @throws EmbeddedPostgresError DATA_DIR_UNUSABLE if it was created by another major version
 */
export async function ensureCluster(site: Installation): Promise<void> {
  await removeDrafts(site.home)
  const found = await versionOf(site.cluster)
  const needed = site.binaries.version.split('.')[0]
  if (found === needed) return
  if (found !== undefined)
    throw new EmbeddedPostgresError(
      'DATA_DIR_UNUSABLE',
      `The database in ${site.cluster} was made by PostgreSQL ${found} and this is ${needed}: ` +
        'export its data with the old version, or choose another folder',
    )
  await createCluster(site, join(site.home, `${DRAFT}${randomBytes(6).toString('hex')}`))
}

/** The superuser's password. */
export async function readPassword(site: Installation): Promise<string> {
  return (await readFile(site.passwordFile, 'utf8')).trim()
}

async function versionOf(cluster: string): Promise<string | undefined> {
  try {
    return (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim()
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

async function createCluster(site: Installation, draft: string): Promise<void> {
  await mkdir(draft, { mode: 0o700 })
  await rm(site.passwordFile, { force: true })
  await writeFile(site.passwordFile, `${randomBytes(24).toString('base64url')}\n`, {
    mode: 0o600,
    flag: 'wx',
  })
  if (site.account !== undefined) {
    await lchown(draft, site.account.uid, site.account.gid)
    await lchown(site.passwordFile, site.account.uid, site.account.gid)
  }
  try {
    await runInitdb(site, draft)
    await rename(draft, site.cluster)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

async function runInitdb(site: Installation, draft: string): Promise<void> {
  const log = await openLog(site)
  try {
    const child = spawn(site.binaries.initdb, initdbArguments(site, draft), {
      ...runOptions(site.account),
      stdio: ['ignore', log.fd, log.fd],
    })
    // once() rejects with the cause if the program cannot be run at all.
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
    if (code !== 0) throw await logTail(site.logFile).then(tail => addReason(tail, code, signal))
  } catch (cause) {
    // The program exists; the loader that it was linked for is missing.
    if (errnoOf(cause) === 'ENOENT') throw notRunnable(cause)
    throw new EmbeddedPostgresError(
      'INITDB_FAILED',
      `The database in ${site.dataDir} could not be created: see the cause for the output of initdb, then start again`,
      cause,
    )
  } finally {
    await log.close()
  }
}

function initdbArguments(site: Installation, draft: string): string[] {
  return [
    ...['-D', draft],
    ...['--username', 'postgres', '--auth', 'scram-sha-256', '--pwfile', site.passwordFile],
    // C for the messages and the libc collation; the built-in provider handles Unicode, such as in lower().
    ...['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
    ...['--set', 'timezone=UTC', '--set', 'log_timezone=UTC'],
    '--no-instructions',
  ]
}

function notRunnable(cause: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'PLATFORM_UNSUPPORTED',
    'The PostgreSQL from npm does not run on this system (on Linux it needs glibc): use a server of your own',
    cause,
  )
}

function addReason(tail: Error, code: number | null, signal: string | null): Error {
  return new Error(`initdb ended with ${signal ?? `code ${code}`}. ${tail.message}`)
}

/**
 * Removes the drafts of killed starts. An initdb that outlived its parent may still write to one; the next start
 * removes that.
 */
async function removeDrafts(home: string): Promise<void> {
  const drafts = (await readdir(home)).filter(name => name.startsWith(DRAFT))
  for (const draft of drafts)
    await rm(join(home, draft), { recursive: true, force: true }).catch(() => undefined)
}
