/** Finds the folder that really holds the database of a data folder. Call under the data folder's lock. */
import { createHash, randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Account, canReach } from './account.ts'
import { EmbeddedPostgresError, errnoOf } from './embedded-error.ts'
import { terminateOrphans } from './orphans.ts'
import { sharedFolder } from './shared-folder.ts'

/** In the data folder: the folder that holds the database instead. */
const LOCATION = 'location'
/** In that other folder: the data folder it belongs to. */
const ORIGIN = 'origin'

/** @param account - the account that the server runs as; undefined for an ordinary user, who can reach their own files */
export async function databaseHome(dataDir: string, account: Account | undefined): Promise<string> {
  const noted = await readNote(join(dataDir, LOCATION))
  if (noted !== undefined) return claim(dataDir, noted)
  if (account === undefined) return dataDir
  if (await exists(join(dataDir, 'cluster'))) return reachable(dataDir, account)
  // An empty folder was created for the database, so the account may own it (mkdtemp creates it with mode 0700).
  if (!(await canReach(account, dirname(dataDir)))) return makeElsewhere(dataDir, account)
  if (!(await canReach(account, dataDir)) && (await isUnused(dataDir)))
    await chown(dataDir, account.uid, account.gid)
  return (await canReach(account, dataDir)) ? dataDir : makeElsewhere(dataDir, account)
}

/** Uses the noted folder. A moved data folder keeps its database; a copied one must not share it. */
async function claim(dataDir: string, home: string): Promise<string> {
  if (!(await exists(home))) {
    await rm(join(dataDir, LOCATION))
    throw unusable(
      `The database of ${dataDir} was in ${home}, which no longer exists: start again for an empty one`,
    )
  }
  const origin = await readNote(join(home, ORIGIN))
  if (origin === dataDir) return home
  if (origin !== undefined && (await readNote(join(origin, LOCATION))) === home)
    throw unusable(
      `The data folder ${dataDir} is a copy and its database belongs to ${origin}: ` +
        `delete ${join(dataDir, LOCATION)} for an empty one`,
    )
  await writeNote(join(home, ORIGIN), dataDir)
  return home
}

async function reachable(dataDir: string, account: Account): Promise<string> {
  if (await canReach(account, dataDir)) return dataDir
  throw unusable(
    `The user ${account.name} cannot reach ${dataDir}, and its database exists already: ` +
      'let others enter each of its parent folders (chmod o+x)',
  )
}

async function makeElsewhere(dataDir: string, account: Account): Promise<string> {
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 20)
  const home = join(await sharedFolder(account), name)
  // Without a note in the data folder, this is the remainder of a deleted folder of the same name.
  if (await exists(home)) await terminateOrphans(join(home, 'cluster'), 0)
  await rm(home, { recursive: true, force: true })
  await mkdir(home)
  // Owned by root, so that no other user can replace root's files in it. The account may enter, whatever the umask.
  await chmod(home, 0o755)
  await writeNote(join(home, ORIGIN), dataDir)
  await writeNote(join(dataDir, LOCATION), home)
  return home
}

/** True if the folder holds nothing but our own lock. */
async function isUnused(dataDir: string): Promise<boolean> {
  return (await readdir(dataDir)).every(name => name.startsWith('lock'))
}

async function readNote(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined
    throw error
  }
}

/** Renames the note into place, so that a crash leaves the whole note or none. */
async function writeNote(file: string, text: string): Promise<void> {
  const draft = `${file}.draft-${randomBytes(6).toString('hex')}`
  await writeFile(draft, `${text}\n`)
  await rename(draft, file)
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

function unusable(message: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError('DATA_DIR_UNUSABLE', message)
}
