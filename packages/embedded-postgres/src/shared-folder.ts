/** Finds a folder outside the data folder that root can write and the server's account can reach. */
import { chmod, lstat, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Account, canReach } from './account.ts'
import { EmbeddedPostgresError, errnoOf } from './embedded-error.ts'

/** Returns a folder owned by root, created if missing: in `/var/lib`, else in a temporary folder. */
export async function sharedFolder(account: Account): Promise<string> {
  for (const parent of ['/var/lib', tmpdir(), '/var/tmp', '/tmp']) {
    const folder = join(parent, 'lading')
    if (!(await makeFolder(folder)) || !(await isTrustworthy(folder))) continue
    // Under a strict umask other users cannot enter a new folder.
    await chmod(folder, 0o755)
    if (await canReach(account, folder)) return folder
  }
  throw new EmbeddedPostgresError(
    'DATA_DIR_UNUSABLE',
    `No folder was found that the user ${account.name} can reach: choose a data folder whose parents ` +
      'others may enter (chmod o+x), or start as an ordinary user',
  )
}

async function makeFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true })
    return true
  } catch (error) {
    if (errnoOf(error) !== undefined) return false
    throw error
  }
}

/** In a temporary folder any user could have created it first, and root starts programs from it. */
async function isTrustworthy(folder: string): Promise<boolean> {
  const entry = await lstat(folder)
  return entry.isDirectory() && entry.uid === 0 && (entry.mode & 0o022) === 0
}
