/** Finds the folders of a database, the programs that run it and the account they run as. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Account, canReach, isRoot, serverAccount } from './account.ts'
import { type Binaries, findBinaries } from './binaries.ts'
import { EmbeddedPostgresError, errnoOf } from './embedded-error.ts'
import { makeLibraryLinks } from './library-links.ts'
import { databaseHome } from './location.ts'
import { copyBinaries } from './native-copy.ts'
import { sharedFolder } from './shared-folder.ts'

export interface Installation {
  readonly dataDir: string
  /** The folder of the cluster and its password: the data folder, or another one that the account can reach. */
  readonly home: string
  /** PostgreSQL's data directory. */
  readonly cluster: string
  readonly passwordFile: string
  readonly logFile: string
  /** The account that the server runs as; undefined: the caller's. */
  readonly account: Account | undefined
  readonly binaries: Binaries
}

/** Call under the data folder's lock. */
export async function prepareSite(dataDir: string): Promise<Installation> {
  const candidate = isRoot()
    ? ((await ownerOf(join(dataDir, 'cluster'))) ?? (await serverAccount()))
    : undefined
  const home = await databaseHome(dataDir, candidate)
  const cluster = join(home, 'cluster')
  const account = await accountOf(cluster, candidate)
  return {
    dataDir,
    home,
    cluster,
    passwordFile: join(home, 'password'),
    logFile: join(dataDir, 'server.log'),
    account,
    binaries: await runnableBinaries(home, account),
  }
}

/** PostgreSQL runs a cluster only as its owner, so the owner of an existing cluster decides. */
async function accountOf(cluster: string, candidate: Account | undefined): Promise<Account | undefined> {
  const owner = await ownerOf(cluster)
  if (owner === undefined || process.platform === 'win32') return candidate
  if (candidate !== undefined) return owner
  if (owner.uid === process.getuid?.()) return undefined
  throw new EmbeddedPostgresError(
    'DATA_DIR_UNUSABLE',
    `The database in ${cluster} belongs to the user ${owner.name}: start as that user or as root, or choose another folder`,
  )
}

async function ownerOf(cluster: string): Promise<Account | undefined> {
  try {
    const { uid, gid } = await stat(cluster)
    return { uid, gid, name: `with id ${uid}` }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** The installed programs if they can run in place, else a copy. */
async function runnableBinaries(home: string, account: Account | undefined): Promise<Binaries> {
  const binaries = await findBinaries()
  const linked = await makeLibraryLinks(binaries.native)
  // No other user may write the programs, so an ordinary user's copy is in their own data folder.
  if (account === undefined) return linked ? binaries : copyBinaries(binaries, home)
  if (linked && (await isRunnableBy(account, binaries))) return binaries
  return copyBinaries(binaries, await sharedFolder(account))
}

async function isRunnableBy(account: Account, { native, postgres }: Binaries): Promise<boolean> {
  const parts = [postgres, join(native, 'lib'), join(native, 'share')]
  const answers = await Promise.all(parts.map(part => canReach(account, part)))
  return answers.every(Boolean)
}
