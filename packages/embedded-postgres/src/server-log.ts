/** The server's log file: a new one for each start, with the previous one kept, and its last lines for errors. */
import type { FileHandle } from 'node:fs/promises'
import { open, readFile, rename } from 'node:fs/promises'
import { errnoOf } from './embedded-error.ts'
import type { Installation } from './installation.ts'

const TAIL_LINES = 20

/** Opens an empty log. The server inherits the handle, so it needs no access to the folder. */
export async function openLog(site: Installation): Promise<FileHandle> {
  await keepPrevious(site.logFile)
  const log = await open(site.logFile, 'ax', 0o600)
  // A user who starts the folder again after root must be able to read and rotate the log.
  if (site.account !== undefined) await log.chown(site.account.uid, site.account.gid)
  return log
}

/** The last lines, as an error to use as a cause. */
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
