/** The processes that use the server: one file per holder; files of dead processes do not count. Call under the lock. */
import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf } from './embedded-error.ts'
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.ts'

/** Registers one more holder in this process and returns its file. */
export async function addHolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, `${process.pid}-${randomUUID()}`)
  await writeFile(file, JSON.stringify(await ownIdentity()))
  return file
}

export async function removeHolder(file: string): Promise<void> {
  await rm(file, { force: true })
}

/** The number of holders whose process is alive; removes the files of the others. */
export async function countLiveHolders(folder: string): Promise<number> {
  let live = 0
  for (const name of await namesIn(folder)) {
    const file = join(folder, name)
    const holder = await readHolder(file)
    if (holder !== undefined && (await isAlive(holder))) live += 1
    else await rm(file, { force: true })
  }
  return live
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  }
}

/** Undefined for an incomplete file, whose writer was killed under the lock. */
async function readHolder(file: string): Promise<ProcessIdentity | undefined> {
  try {
    // Written by addHolder().
    const holder = JSON.parse(await readFile(file, 'utf8')) as Partial<ProcessIdentity>
    return { pid: holder.pid ?? 0, startedAt: holder.startedAt ?? '' }
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
