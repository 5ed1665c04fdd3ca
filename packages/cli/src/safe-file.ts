// A file that gets its name when it is complete: written under a temporary name beside it, then renamed.
import { randomUUID } from 'node:crypto'
import type { Stats } from 'node:fs'
import { access, constants, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CommandError, failure } from './exit.ts'
import { errorCode, fileErrorReason } from './file-error.ts'

export interface SafeFile {
  /** Where to write; it exists, and is empty. */
  readonly path: string
  /** Brings the file to the disk and gives it its name, replacing what had it. @throws CommandError */
  commit(): Promise<void>
  /** Removes what was written; a file that had the name stays as it was. */
  discard(): Promise<void>
}

/** @throws CommandError if no file can be made or replaced there. */
export async function createSafeFile(target: string): Promise<SafeFile> {
  try {
    const existing = await statIfThere(target)
    if (existing?.isDirectory()) throw failure(`Cannot write "${target}": it is a folder.`)
    // A device or a named pipe, such as /dev/null, is written to and never replaced.
    if (existing !== undefined && !existing.isFile()) return asItIs(target)
    return await besides(target, existing)
  } catch (error) {
    throw error instanceof CommandError ? error : cannotWrite(target, error)
  }
}

export function cannotWrite(target: string, error: unknown): CommandError {
  return failure(`Cannot write "${target}": ${fileErrorReason(error)}.`, error)
}

async function besides(target: string, existing: Stats | undefined): Promise<SafeFile> {
  // A symbolic link stays one: the file that it leads to is replaced.
  const final = existing === undefined ? target : await realpath(target)
  if (existing !== undefined) await access(final, constants.W_OK)
  const path = join(dirname(final), `.lading-${randomUUID()}.tmp`)
  const handle = await open(path, 'wx')
  // Whoever may not read the old file may not read the new one.
  if (existing !== undefined) await handle.chmod(existing.mode & 0o777)
  await handle.close()
  const discard = () => rm(path, { force: true })
  return {
    path,
    discard,
    async commit() {
      try {
        // Before the rename: after a crash the name must not stand for a file whose content was never written.
        await sync(path)
        await rename(path, final)
      } catch (error) {
        await discard()
        throw cannotWrite(target, error)
      }
    },
  }
}

function asItIs(path: string): SafeFile {
  return { path, commit: async () => undefined, discard: async () => undefined }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r+')
  await handle.sync().finally(() => handle.close())
}

async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}
