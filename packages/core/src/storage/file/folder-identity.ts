// The identity of a storage folder: a random id in a file of its root, written by the first process that needs it.
import { randomBytes, randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, link, lstat, open, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { LadingError } from '../../errors/lading-error.ts'
import { temporaryMark } from '../object-key.ts'
import { errnoOf, folderMissing, folderUnusable, storageFault } from '../storage-faults.ts'
import { ignore, syncFolder } from './folder.ts'

const { COPYFILE_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants

/** No key begins with a dot, so no object can have this name. */
export const identityFile = '.lading-storage-id'

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** File systems without hard links copy instead, and a copy is empty for a moment. */
const emptyTries = 20
const emptyPauseMs = 50

/**
 * Reads the id, or creates one. Concurrent processes get the same one. A copied or restored folder keeps its id.
 *
 * @param knownId the id that this process has read before: then a folder without one is a different folder, and gets
 * none
 * @throws LadingError `CONFIG_INVALID` for an id file that cannot be read or holds no id, `STORAGE_FULL`,
 * `STORAGE_UNAVAILABLE`
 */
export async function folderIdentity(root: string, knownId?: string): Promise<string> {
  try {
    const text = await readText(root)
    if (text === undefined && knownId !== undefined) throw folderMissing()
    if (text === undefined) await createId(root, randomUUID())
    return await read(root)
  } catch (error) {
    // The folder was there before, so this is not it: treat it as missing for now.
    throw knownId === undefined ? folderUnusable(error) : folderMissing(error)
  }
}

/**
 * Distinguishes a missing file from a missing folder, such as an unmounted file system.
 *
 * @param hasIdentity whether this process has read the folder's identity before
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
    if (id !== '' || tries === emptyTries) throw invalidIdFile()
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

/** Written under a temporary name first, so that a concurrent process finds a whole file or none. */
async function createId(root: string, id: string): Promise<void> {
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

function invalidIdFile(): LadingError {
  return new LadingError(
    'CONFIG_INVALID',
    `The file ${identityFile} of the storage folder does not contain a storage id. Restore it, or delete it if no known job needs a file in this folder.`,
  )
}
