/** A lock file between processes. A holder that was killed with -9 does not keep it. */
import { randomBytes } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { EmbeddedPostgresError, errnoOf } from './embedded-error.ts'
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.ts'

/** Longer than the slowest step under the lock (a first start on a slow disk, a stop with a large checkpoint). */
const LOCK_TIMEOUT_MS = 180_000

interface LockOwner extends ProcessIdentity {
  /** Different for each acquisition, so that a new lock is not mistaken for the one just read. */
  readonly ticket: string
}

/** Runs the work while no other caller, of this process or another, holds the lock at the path. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await acquire(path)
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

async function acquire(path: string): Promise<void> {
  const deadline = Date.now() + LOCK_TIMEOUT_MS
  for (;;) {
    const owner = await readOwner(path)
    if (owner === undefined) {
      if (await take(path)) return
    } else if (!(await isAlive(owner))) {
      await breakLock(path, owner)
    } else {
      if (Date.now() > deadline) throw timeout(path, owner)
      await sleep(10 + Math.random() * 20)
    }
  }
}

async function take(path: string): Promise<boolean> {
  const ticket = randomBytes(6).toString('hex')
  const draft = `${path}.draft-${ticket}`
  try {
    await writeFile(draft, JSON.stringify({ ...(await ownIdentity()), ticket } satisfies LockOwner))
    return await linkIfAbsent(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
}

/** A link appears with its content at once; a file written in place could be read while incomplete. */
async function linkIfAbsent(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw error
  }
}

/**
 * Removes the lock of a dead owner. Only the holder of a lock named after the dead owner's ticket may do so. Otherwise
 * two processes that saw the same dead owner could each remove the lock, and the second would remove the lock that a
 * third process took in between.
 */
async function breakLock(path: string, dead: LockOwner): Promise<void> {
  await withLock(`${path}.${dead.ticket}`, async () => {
    const owner = await readOwner(path)
    if (owner?.ticket === dead.ticket) await rm(path, { force: true })
  })
}

/** Undefined when the lock is free. Content lost to a power failure counts as a dead owner. */
async function readOwner(path: string): Promise<LockOwner | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    // Written by acquire(); anything else fails to parse or has no such fields.
    const owner = JSON.parse(text) as Partial<LockOwner>
    return { pid: owner.pid ?? 0, startedAt: owner.startedAt ?? '', ticket: owner.ticket ?? 'unreadable' }
  } catch {
    return { pid: 0, startedAt: '', ticket: 'unreadable' }
  }
}

function timeout(path: string, owner: LockOwner): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'LOCK_TIMEOUT',
    `Process ${owner.pid} has held ${path} for too long: end that process, then start again`,
  )
}
