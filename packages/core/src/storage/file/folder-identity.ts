// The identity of a storage folder: a random id in a file of its root, written by the first process that asks for it.
import { randomBytes, randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, link, lstat, open, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { LadingError } from '../../errors/lading-error.ts'
import { errnoOf, folderMissing, folderUnusable, storageFault } from '../faults.ts'
import { temporaryMark } from '../key.ts'
import { ignore, syncFolder } from './folder.ts'

const { COPYFILE_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants

/** No key begins with a dot, so that no object can have this name. */
export const identityFile = '.lading-storage-id'

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** File systems without hard links copy instead, and a copy is empty for a moment. */
const emptyTries = 20
const emptyPauseMs = 50

/**
 * Reads the id, or makes one. Processes that do so at the same time get the same one. A folder that is copied or
 * restored keeps its id.
 *
 * @param known what this process has read before: then a folder without it is not the folder, and gets none
 * @throws LadingError `CONFIG_INVALID` for an id file that cannot be read or holds no id, `STORAGE_FULL`,
 * `STORAGE_UNAVAILABLE`
 */
export async function folderIdentity(root: string, known?: string): Promise<string> {
  try {
    const text = await readText(root)
    if (text === undefined && known !== undefined) throw folderMissing()
    if (text === undefined) await make(root, randomUUID())
    return await read(root)
  } catch (error) {
    // Once it was there, whatever is in its place is something else, for now.
    throw known === undefined ? folderUnusable(error) : folderMissing(error)
  }
}

/**
 * Tells a folder without a file from one that is away, such as the empty folder that a file system is mounted on.
 *
 * @param hasIdentity whether this process has read its identity before
 * @throws LadingError `STORAGE_UNAVAILABLE`
 */
export async function assertSameFolder(root: string, hasIdentity: boolean): Promise<void> {
  try {
    await lstat(hasIdentity ? join(root, identityFile) : root)
  } catch (error) {
    throw errnoOf(error) === 'ENOENT' ? folderMissing(error) : storageFault(error)
  }
}

async function read(root: string): Promise<string> {
  for (let tries = 1; ; tries++) {
    const id = (await readText(root))?.trim()
    if (id !== undefined && uuid.test(id)) return id
    if (id === undefined) throw folderMissing()
    if (id !== '' || tries === emptyTries) throw garbled()
    await setTimeout(emptyPauseMs)
  }
}

async function readText(root: string): Promise<string | undefined> {
  try {
    const handle = await open(join(root, identityFile), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(100), 0, 100, 0)
      return buffer.toString('latin1', 0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (error) {
    const code = errnoOf(error)
    if (code === 'ENOENT') return undefined
    throw new LadingError(
      'CONFIG_INVALID',
      `The file ${identityFile} of the storage folder cannot be read (${code ?? 'unknown reason'}). It must be a plain file that this process may read.`,
      { cause: error },
    )
  }
}

/** Complete under a name of its own first: whoever else makes one at the same moment finds a whole file or none. */
async function make(root: string, id: string): Promise<void> {
  const temporary = join(root, `${identityFile}${temporaryMark}${randomBytes(8).toString('hex')}`)
  const target = join(root, identityFile)
  try {
    await writeFile(temporary, `${id}\n`, { flag: 'wx', mode: 0o600, flush: true })
    await link(temporary, target).catch(async error => {
      if (errnoOf(error) === 'EEXIST') return
      ignore('EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')(error)
      await copyFile(temporary, target, COPYFILE_EXCL).catch(ignore('EEXIST'))
    })
  } finally {
    await unlink(temporary).catch(ignore('ENOENT'))
  }
  await syncFolder(root)
}

function garbled(): LadingError {
  return new LadingError(
    'CONFIG_INVALID',
    `The file ${identityFile} of the storage folder holds no id of a storage. Restore it, or delete it if no job that is known needs a file of this folder.`,
  )
}
