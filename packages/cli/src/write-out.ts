// A stream → standard output, or a file that appears when it is complete.
import { createWriteStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { failure } from './exit.ts'
import { errorCode, fileErrorReason, isFileError } from './file-error.ts'
import type { CommandIo } from './io.ts'
import { cannotWrite, createSafeFile } from './safe-file.ts'

/** @param output undefined: standard output, whose reader may close it early. @throws CommandError */
export async function writeOut(
  source: Readable,
  output: string | undefined,
  signal: AbortSignal,
  io: CommandIo,
): Promise<void> {
  await (output === undefined ? toStdout(source, signal, io) : toFile(source, output, signal))
}

async function toStdout(source: Readable, signal: AbortSignal, { stdout }: CommandIo): Promise<void> {
  try {
    await pipeline(source, stdout, { signal, end: false })
  } catch (error) {
    if (errorCode(error) === 'EPIPE') return
    throw isFileError(error)
      ? failure(`Cannot write to standard output: ${fileErrorReason(error)}.`, error)
      : error
  }
}

async function toFile(source: Readable, output: string, signal: AbortSignal): Promise<void> {
  const file = await createSafeFile(output)
  try {
    await pipeline(source, createWriteStream(file.path), { signal })
  } catch (error) {
    await file.discard()
    throw isFileError(error) ? cannotWrite(output, error) : error
  }
  await file.commit()
}
