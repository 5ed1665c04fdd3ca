// Chunks of a file on their way to a job: looked at, counted, or kept in a temporary file.
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileTooLarge } from './body.ts'

/** Bytes in which the format is looked for. */
const maxPeek = 4096

/** The beginning of a file, and the file with its beginning. */
export async function peek(
  chunks: AsyncIterator<Buffer>,
): Promise<{ readonly start: Buffer; readonly whole: AsyncGenerator<Buffer> }> {
  let start: Buffer = Buffer.alloc(0)
  while (start.length < maxPeek) {
    const next = await chunks.next()
    if (next.done) break
    start = Buffer.concat([start, next.value])
  }
  async function* whole(): AsyncGenerator<Buffer> {
    try {
      yield start
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value
    } finally {
      await chunks.return?.()
    }
  }
  return { start, whole: whole() }
}

/** @throws LadingError `FILE_TOO_LARGE` */
export async function* limited(chunks: Readable, maxFileSize: number): AsyncGenerator<Buffer> {
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > maxFileSize) throw fileTooLarge(maxFileSize)
    yield chunk
  }
}

/** Keeps the chunks in a file of the system's temporary folder while `use` runs; it is gone afterwards in any case. */
export async function spooled<Result>(
  chunks: AsyncIterable<Buffer>,
  signal: AbortSignal,
  use: (file: () => Readable) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-upload-'))
  try {
    const file = join(folder, 'file')
    await pipeline(chunks, createWriteStream(file, { flags: 'wx', mode: 0o600 }), { signal })
    return await use(() => createReadStream(file))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
