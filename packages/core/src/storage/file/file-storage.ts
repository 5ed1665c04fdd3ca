// A storage in a folder: each object is a file, written under a temporary name and renamed when it is complete.
import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, realpath, unlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { defaults } from '../../config/defaults.ts'
import { wholeNumber } from '../../config/numbers.ts'
import { incoming } from '../incoming.ts'
import { checkKey, checkPrefix } from '../object-key.ts'
import { withinSize } from '../object-range.ts'
import type { StorageWithCapacity } from '../storage.ts'
import { folderUnusable, notFound, storageFault } from '../storage-faults.ts'
import { folderOf, ignore, removeEmptyFolders } from './folder.ts'
import { assertSameFolder, folderIdentity } from './folder-identity.ts'
import { assertFreeDisk } from './free-disk.ts'
import { listFiles } from './list-files.ts'
import { removeUnfinishedFiles } from './unfinished.ts'
import { writeFile } from './write-file.ts'

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants

export interface FileStorageOptions {
  /**
   * Bytes of the disk to leave free for others. An object that would use them is refused before it is read, or
   * aborted while it is written. A higher value protects a database on the same disk; a lower one stores more.
   *
   * @defaultValue 268435456 (256 MiB)
   */
  readonly reserveBytes?: number | undefined
}

export interface FileStorage extends StorageWithCapacity {
  identity(): Promise<string>
}

/** Bytes between two checks of the disk while an object is written. */
const checkEveryBytes = 16 * 1024 * 1024

/**
 * Creates a storage in `directory`, which is created if it does not exist. Several processes may share it. Only the
 * owner can read its files. Symbolic links inside it are never followed; the directory itself may be one.
 *
 * The folder has an identity, stored in its file `.lading-storage-id`; a copy that is to be a separate storage must
 * not have that file. Once this process has used the folder, it is not recreated: while it is missing, every call
 * throws `STORAGE_UNAVAILABLE`.
 *
 * A process that dies while it writes leaves a file named `….tmp-…`, which no method returns and which
 * `removeUnfinished` removes.
 *
 * @example
 * const storage = fileStorage('./data')
 * const { size, sha256 } = await storage.put('imports/42/source.csv', request, { maxBytes: 104_857_600 })
 */
export function fileStorage(directory: string, options: FileStorageOptions = {}): FileStorage {
  const reserveBytes = wholeNumber('reserveBytes', options.reserveBytes ?? defaults.freeDiskBytes, {
    minimum: 0,
  })
  let rootPromise: Promise<string> | undefined
  const root = () => {
    rootPromise ??= makeRoot(directory).catch(error => {
      // The folder may exist by the next call.
      rootPromise = undefined
      throw error
    })
    return rootPromise
  }
  let identity: string | undefined
  /** The folder, after checking that it exists. */
  const existingRoot = async () => {
    const folder = await root()
    await assertSameFolder(folder, identity !== undefined)
    return folder
  }

  return {
    async identity() {
      identity = await folderIdentity(await root(), identity)
      return identity
    },

    async put(key, source, options = {}) {
      const input = incoming(source, options)
      try {
        checkKey(key)
        const folder = await existingRoot()
        await assertFreeDisk(folder, 0, reserveBytes)
        await writeFile(folder, key, withReserve(input.chunks, folder, reserveBytes), options.signal)
      } catch (error) {
        const failure = input.close()
        throw failure === undefined ? storageFault(error) : failure.error
      }
      return { key, ...input.facts() }
    },

    checkCapacity: async bytes => assertFreeDisk(await existingRoot(), bytes, reserveBytes).catch(asFault),

    async get(key, range = {}) {
      checkKey(key)
      withinSize(range, 0)
      const handle = await openFile(await root(), key).catch(asFault)
      if (handle === undefined) {
        await existingRoot()
        throw notFound(key)
      }
      try {
        const { start, end } = withinSize(range, (await handle.stat()).size)
        // A file stream cannot express an empty range, because its `end` is the last byte itself.
        if (start < end) return handle.createReadStream({ start, end: end - 1 })
        await handle.close()
        return Readable.from([], { objectMode: false })
      } catch (error) {
        await handle.close()
        throw storageFault(error)
      }
    },

    async stat(key) {
      checkKey(key)
      const handle = await openFile(await root(), key).catch(asFault)
      if (handle === undefined) {
        await existingRoot()
        return undefined
      }
      try {
        const { size, mtime } = await handle.stat()
        return { key, size, modifiedAt: mtime }
      } finally {
        await handle.close()
      }
    },

    async delete(key) {
      checkKey(key)
      await remove(await existingRoot(), key).catch(asFault)
    },

    async removeUnfinished(before) {
      return removeUnfinishedFiles(await existingRoot(), before).catch(asFault)
    },

    async *list(prefix) {
      checkPrefix(prefix)
      try {
        yield* listFiles(await existingRoot(), prefix)
      } catch (error) {
        throw storageFault(error)
      }
    },
  }
}

/** Checks the disk while writing, because other writers use it too. */
async function* withReserve(
  chunks: AsyncIterable<Uint8Array>,
  folder: string,
  reserveBytes: number,
): AsyncGenerator<Uint8Array> {
  let written = 0
  for await (const chunk of chunks) {
    written += chunk.byteLength
    if (written >= checkEveryBytes) {
      written = 0
      await assertFreeDisk(folder, 0, reserveBytes)
    }
    yield chunk
  }
}

async function makeRoot(directory: string): Promise<string> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    return await realpath(directory)
  } catch (error) {
    throw folderUnusable(error)
  }
}

/** Undefined if there is no such file, or it is a folder. */
async function openFile(root: string, key: string): Promise<FileHandle | undefined> {
  const folder = await folderOf(root, key, { create: false })
  if (folder === undefined) return undefined
  // Without O_NONBLOCK, opening a named pipe would wait for its writer.
  const handle = await open(join(folder, basename(key)), O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(
    ignore('ENOENT'),
  )
  if (handle === undefined) return undefined
  if ((await handle.stat()).isFile()) return handle
  await handle.close()
  return undefined
}

async function remove(root: string, key: string): Promise<void> {
  const folder = await folderOf(root, key, { create: false })
  if (folder === undefined) return
  const path = join(folder, basename(key))
  const facts = await lstat(path).catch(ignore('ENOENT'))
  // A symbolic link is removed itself, not its target.
  if (facts === undefined || facts.isDirectory()) return
  await unlink(path).catch(ignore('ENOENT'))
  await removeEmptyFolders(root, key)
}

function asFault(error: unknown): never {
  throw storageFault(error)
}
