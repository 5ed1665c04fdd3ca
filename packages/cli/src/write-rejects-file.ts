// The rejected records of an import → a file that appears once the import has ended.
import { createWriteStream } from 'node:fs'
import type { Writable } from 'node:stream'
import type { CommandError } from './exit.ts'
import { cannotWrite, createSafeFile } from './safe-file.ts'

export interface RejectsFileWriter {
  readonly stream: Writable
  /** The write error, if there was one. */
  readonly failure: () => CommandError | undefined
  /** Renames the complete file to its final name. @throws CommandError */
  finish(): Promise<void>
  /** Deletes the file; after `finish` it does nothing. */
  discard(): Promise<void>
}

/** @throws CommandError */
export async function createRejectsFile(target: string): Promise<RejectsFileWriter> {
  const file = await createSafeFile(target)
  const stream = createWriteStream(file.path)
  let failure: CommandError | undefined
  let isFinished = false
  stream.on('error', error => {
    failure = cannotWrite(target, error)
  })
  return {
    stream,
    failure: () => failure,
    async finish() {
      if (failure !== undefined) throw failure
      await file.commit()
      isFinished = true
    },
    async discard() {
      if (isFinished) return
      stream.destroy()
      await file.discard()
    },
  }
}
