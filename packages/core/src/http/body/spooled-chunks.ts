// Chunks of an uploaded file: limited in size, or spooled to a temporary file.
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { errnoOf, storageFault } from '../../storage/storage-faults.ts'
import { fileTooLarge } from './request-body.ts'

/** @throws LadingError `FILE_TOO_LARGE` */
export async function* limitBytes(chunks: Readable, maxFileBytes: number): AsyncGenerator<Buffer> {
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > maxFileBytes) throw fileTooLarge(maxFileBytes)
    yield chunk
  }
}

/** Spools the chunks to a file in the system's temporary folder while `use` runs, and then always deletes it. */
export async function withSpooledFile<Result>(
  chunks: AsyncIterable<Buffer>,
  signal: AbortSignal,
  use: (file: () => Readable) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-upload-'))
  try {
    const file = join(folder, 'file')
    await pipeline(chunks, createWriteStream(file, { flags: 'wx', mode: 0o600 }), { signal })
    return await use(() => createReadStream(file))
  } catch (error) {
    if (errnoOf(error) === 'ENOSPC') throw storageFault(error)
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
