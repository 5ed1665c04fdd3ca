// A storage in a folder: each object is a file, written beside its place and moved there when it is complete.
import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, realpath, unlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { defaults } from '../../config/defaults.ts'
import { LadingError } from '../../errors/lading-error.ts'
import { folderUnusable, notFound, storageFault } from '../faults.ts'
import { incoming } from '../incoming.ts'
import { checkKey, checkPrefix } from '../key.ts'
import { withinSize } from '../range.ts'
import type { StorageWithCapacity } from '../storage.ts'
import { folderOf, ignore, removeEmptyFolders } from './folder.ts'
import { assertSameFolder, folderIdentity } from './folder-identity.ts'
import { assertFreeDisk } from './free-disk.ts'
import { listFiles } from './list-files.ts'
import { removeUnfinishedFiles } from './unfinished.ts'
import { writeFile } from './write-file.ts'

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants

export interface FileStorageOptions {
  /**
   * Bytes of the disk that are left free for others: an object that would take them is refused before it is read, and
   * ended where it turns out to. More keeps the database on the same disk safer, less stores more.
   *
   * @defaultValue 268435456 (256 MiB)
   */
  readonly reserveBytes?: number | undefined
}

export interface FileStorage extends StorageWithCapacity {
  identity(): Promise<string>
}

/** Bytes between two looks at the disk while an object is written. */
const lookEvery = 16 * 1024 * 1024

/**
 * Keeps objects as files of `directory`, which is made if it is not there. Several processes may share it. Files
 * can be read by their owner only. Symbolic links inside of it are never followed; the directory itself may be one.
 *
 * The folder has an identity, which is kept in the file `.lading-storage-id` of it: a copy that is to be a storage of its
 * own must not have that file. Once this process has used the folder it is not made again: while it is missing, every
 * call is refused with `STORAGE_UNAVAILABLE`.
 *
 * A process that dies while it writes leaves a file named `….tmp-…`, which no method shows, and which
 * `removeUnfinished` removes.
 *
 * @example
 * const storage = fileStorage('./data')
 * const { size, sha256 } = await storage.put('imports/42/source.csv', request, { maxBytes: 104_857_600 })
 */
export function fileStorage(directory: string, options: FileStorageOptions = {}): FileStorage {
  const reserveBytes = checkedReserve(options.reserveBytes ?? defaults.freeDiskBytes)
  let known: Promise<string> | undefined
  const root = () => {
    known ??= makeRoot(directory).catch(error => {
      // What is missing now may be there for the next call.
      known = undefined
      throw error
    })
    return known
  }
  let name: string | undefined
  /** The folder, which is there. */
  const present = async () => {
    const folder = await root()
    await assertSameFolder(folder, name !== undefined)
    return folder
  }

  return {
    async identity() {
      name = await folderIdentity(await root(), name)
      return name
    },

    async put(key, source, options = {}) {
      const arriving = incoming(source, options)
      try {
        checkKey(key)
        const folder = await present()
        await assertFreeDisk(folder, 0, reserveBytes)
        await writeFile(folder, key, leavingFree(arriving.chunks, folder, reserveBytes), options.signal)
      } catch (error) {
        const failure = arriving.giveUp()
        throw failure === undefined ? storageFault(error) : failure.error
      }
      return { key, ...arriving.facts() }
    },

    checkCapacity: async bytes => assertFreeDisk(await present(), bytes, reserveBytes).catch(asFault),

    async get(key, range = {}) {
      checkKey(key)
      withinSize(range, 0)
      const handle = await openFile(await root(), key).catch(asFault)
      if (handle === undefined) {
        await present()
        throw notFound(key)
      }
      try {
        const { start, end } = withinSize(range, (await handle.stat()).size)
        // An empty range cannot be said to a file stream, whose end is the last byte itself.
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
        await present()
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
      await remove(await present(), key).catch(asFault)
    },

    async removeUnfinished(before) {
      return removeUnfinishedFiles(await present(), before).catch(asFault)
    },

    async *list(prefix) {
      checkPrefix(prefix)
      try {
        yield* listFiles(await present(), prefix)
      } catch (error) {
        throw storageFault(error)
      }
    },
  }
}

/** What is written meanwhile, by whomever, is not known beforehand. */
async function* leavingFree(
  chunks: AsyncIterable<Uint8Array>,
  folder: string,
  reserveBytes: number,
): AsyncGenerator<Uint8Array> {
  let written = 0
  for await (const chunk of chunks) {
    written += chunk.byteLength
    if (written >= lookEvery) {
      written = 0
      await assertFreeDisk(folder, 0, reserveBytes)
    }
    yield chunk
  }
}

function checkedReserve(bytes: number): number {
  if (Number.isSafeInteger(bytes) && bytes >= 0) return bytes
  throw new LadingError('CONFIG_INVALID', 'The option reserveBytes must be a whole number from 0.')
}

async function makeRoot(directory: string): Promise<string> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    return await realpath(directory)
  } catch (error) {
    throw folderUnusable(error)
  }
}

/** Undefined where there is no such file; a folder is none. */
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
  // A symbolic link that lies there is removed itself, and what it points to is not.
  if (facts === undefined || facts.isDirectory()) return
  await unlink(path).catch(ignore('ENOENT'))
  await removeEmptyFolders(root, key)
}

function asFault(error: unknown): never {
  throw storageFault(error)
}
