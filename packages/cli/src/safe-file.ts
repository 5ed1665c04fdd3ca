// A file that appears when it is complete: written under a temporary name in the same folder, then renamed.
import { randomUUID } from 'node:crypto'
import type { Stats } from 'node:fs'
import { access, constants, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CommandError, failure } from './exit.ts'
import { errorCode, fileErrorReason } from './file-error.ts'

export interface SafeFile {
  /** The path to write to; the file exists, and is empty. */
  readonly path: string
  /** Flushes the file to disk and renames it to the target, replacing an existing file. @throws CommandError */
  commit(): Promise<void>
  /** Deletes what was written; an existing target is unchanged. */
  discard(): Promise<void>
}

/** @throws CommandError if the target cannot be created or replaced */
export async function createSafeFile(target: string): Promise<SafeFile> {
  try {
    const existing = await statIfThere(target)
    if (existing?.isDirectory()) throw failure(`Cannot write "${target}": it is a folder.`)
    // A device or a named pipe, such as /dev/null, is written to and never replaced.
    if (existing !== undefined && !existing.isFile()) return inPlace(target)
    return await temporary(target, existing)
  } catch (error) {
    throw error instanceof CommandError ? error : cannotWrite(target, error)
  }
}

export function cannotWrite(target: string, error: unknown): CommandError {
  return failure(`Cannot write "${target}": ${fileErrorReason(error)}.`, error)
}

async function temporary(target: string, existing: Stats | undefined): Promise<SafeFile> {
  // A symbolic link is kept: the file that it points to is replaced.
  const final = existing === undefined ? target : await realpath(target)
  if (existing !== undefined) await access(final, constants.W_OK)
  const path = join(dirname(final), `.lading-${randomUUID()}.tmp`)
  const handle = await open(path, 'wx')
  // The new file keeps the permissions of the old one.
  if (existing !== undefined) await handle.chmod(existing.mode & 0o777)
  await handle.close()
  const discard = () => rm(path, { force: true })
  return {
    path,
    discard,
    async commit() {
      try {
        // Before the rename: after a crash the target must not be a file whose content was never written.
        await sync(path)
        await rename(path, final)
      } catch (error) {
        await discard()
        throw cannotWrite(target, error)
      }
    },
  }
}

function inPlace(path: string): SafeFile {
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
