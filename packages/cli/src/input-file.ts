// The file to import, or standard input: checked to exist and be readable before anything else.
import { createReadStream } from 'node:fs'
import { access, constants, open, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { failure } from './exit.ts'
import { errorCode, fileErrorReason } from './file-error.ts'
import type { CommandIo } from './io.ts'

export interface InputFile {
  /** For messages. */
  readonly label: string
  /** The size; undefined for standard input and pipes. */
  readonly bytes: number | undefined
  /** The first bytes; empty if reading would consume them. */
  start(): Promise<Buffer>
  open(): Readable
  /** Closes what was opened in advance. A second call does nothing. */
  close?(): void
}

/** @throws CommandError */
export async function findInputFile(name: string, io: Pick<CommandIo, 'stdin'>): Promise<InputFile> {
  if (name === '-') {
    return { label: 'standard input', bytes: undefined, start: noBytes, open: () => io.stdin }
  }
  const found = await check(name).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') throw failure(`There is no file "${name}".`, error)
    throw failure(`Cannot read "${name}": ${fileErrorReason(error)}.`, error)
  })
  if (found.isDirectory()) throw failure(`Cannot read "${name}": it is a folder, not a file.`)
  if (found.isSocket()) throw failure(`Cannot read "${name}": it is a socket, not a file.`)
  return {
    label: name,
    // A named pipe, such as the shell's <(…), has a size of 0 that means nothing.
    bytes: found.isFile() ? found.size : undefined,
    start: found.isFile() ? () => firstBytes(name) : noBytes,
    open: () => createReadStream(name),
  }
}

async function noBytes(): Promise<Buffer> {
  return Buffer.alloc(0)
}

async function firstBytes(name: string): Promise<Buffer> {
  const handle = await open(name)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

async function check(name: string) {
  const found = await stat(name)
  await access(name, constants.R_OK)
  return found
}

/** Whether both names lead to the same file on disk. */
export async function isSameFile(first: string, second: string): Promise<boolean> {
  const [one, other] = await Promise.all([first, second].map(name => stat(name).catch(() => undefined)))
  return one?.isFile() === true && one.ino === other?.ino && one.dev === other.dev
}
