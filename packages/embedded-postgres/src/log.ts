/** The server's log file: a new one for each start, the one before it kept, its last lines for messages. */

import type { FileHandle } from 'node:fs/promises'
import { open, readFile, rename } from 'node:fs/promises'
import { errnoOf } from './errors.ts'
import type { Site } from './site.ts'

const TAIL_LINES = 20

/** Opens an empty log. The handle is passed on to the server, which needs no access to the folder then. */
export async function openLog(site: Site): Promise<FileHandle> {
  await keepPrevious(site.logFile)
  const log = await open(site.logFile, 'ax', 0o600)
  // An ordinary user who goes on with a folder of his after root must be able to read and rotate it.
  if (site.account !== undefined) await log.chown(site.account.uid, site.account.gid)
  return log
}

/** The last lines as an error to be used as a cause. */
export async function logTail(logFile: string): Promise<Error> {
  const lines = (await readFile(logFile, 'utf8').catch(() => '')).trimEnd().split('\n')
  return new Error(`The last lines of ${logFile}:\n${lines.slice(-TAIL_LINES).join('\n')}`)
}

async function keepPrevious(logFile: string): Promise<void> {
  try {
    await rename(logFile, `${logFile}.1`)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
}
