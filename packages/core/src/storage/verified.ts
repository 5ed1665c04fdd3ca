// Reads stored objects back and verifies that their bytes are the ones that were stored.
import { addAbortSignal, type Readable, Transform, type TransformCallback } from 'node:stream'
import { LadingError } from '../errors/lading-error.ts'
import { readableFrom } from '../util/readable-from.ts'
import { ReadPrefix } from './prefix.ts'
import type { ByteRange, Storage, StoredObject } from './storage.ts'

/**
 * Opens an object or a range of it. The size is checked before the first byte. If the whole object is read, its
 * SHA-256 is checked too, and the last chunk is held back until then, so that a reader never sees the end of altered
 * bytes.
 *
 * Twice: two independent streams.
 *
 * @throws LadingError `STORAGE_NOT_FOUND`; `STORAGE_CORRUPT`, also as an error of the stream
 */
export async function openVerified(
  storage: Storage,
  stored: StoredObject,
  range: ByteRange = {},
): Promise<Readable> {
  const { start = 0 } = range
  const end = Math.min(range.end ?? stored.size, stored.size)
  await assertSize(storage, stored)
  const prefix = start === 0 && end === stored.size ? new ReadPrefix() : undefined
  return verifyStream(await storage.get(stored.key, range), {
    stored,
    bytes: Math.max(0, end - start),
    prefix,
  })
}

/**
 * Opens an object from `start` to its end, with the checks of `openVerified`: the bytes before `start` are read and
 * hashed before the stream yields the first one.
 *
 * @param prefix records what is read, and may know what an earlier reader found: if the bytes differ now, the object
 * is corrupt, even if it matches its stored hash
 * @throws LadingError `STORAGE_NOT_FOUND`; `STORAGE_CORRUPT`, also as an error of the stream
 */
export async function openVerifiedFrom(
  storage: Storage,
  stored: StoredObject,
  start: number,
  prefix = new ReadPrefix(),
): Promise<Readable> {
  await assertSize(storage, stored)
  if (start === 0) return verifyStream(await storage.get(stored.key), { stored, bytes: stored.size, prefix })
  const prefixSource = await storage.get(stored.key, { start: 0, end: start })
  let rest: Readable | undefined
  async function* chunks(): AsyncGenerator<Buffer> {
    for await (const chunk of prefixSource) if (!prefix.add(chunk)) throw changedSinceLastRead(stored.key)
    const source = await storage.get(stored.key, { start })
    rest = verifyStream(source, { stored, bytes: stored.size - start, prefix })
    yield* rest
  }
  return readableFrom(chunks(), () => {
    prefixSource.destroy()
    rest?.destroy()
  })
}

/**
 * Reads an object to its end, or until the signal, even if the storage is silent.
 *
 * @throws LadingError `STORAGE_NOT_FOUND`, `STORAGE_CORRUPT`
 */
export async function assertWhole(
  storage: Storage,
  stored: StoredObject,
  signal?: AbortSignal,
): Promise<void> {
  const source = await openVerified(storage, stored)
  if (signal !== undefined) addAbortSignal(signal, source)
  for await (const _ of source) signal?.throwIfAborted()
}

/** Checks the size of an object, if it exists. @throws LadingError `STORAGE_CORRUPT` */
export async function assertSize(
  storage: Storage,
  { key, size }: Omit<StoredObject, 'sha256'>,
): Promise<void> {
  const current = await storage.stat(key)
  if (current !== undefined && current.size !== size)
    throw corrupt(key, `has ${current.size} bytes instead of ${size}`)
}

interface Expectation {
  readonly stored: StoredObject
  /** Number of bytes to expect. */
  readonly bytes: number
  /** The prefix read before; undefined for a range, which has no hash of its own. */
  readonly prefix: ReadPrefix | undefined
}

function verifyStream(source: Readable, { stored: { key, sha256 }, bytes, prefix }: Expectation): Readable {
  let remaining = bytes
  let last: Buffer | undefined
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      remaining -= chunk.length
      if (prefix?.add(chunk) === false) return done(changedSinceLastRead(key))
      if (remaining < 0) return done(corrupt(key, 'is longer than it was'))
      if (remaining > 0) return done(null, chunk)
      last = chunk
      done()
    },
    flush(done: TransformCallback) {
      if (remaining > 0) return done(corrupt(key, `ends ${remaining} bytes too early`))
      if (prefix !== undefined && prefix.now.sha256 !== sha256)
        return done(corrupt(key, 'has different content'))
      done(null, last)
    },
  })
  source.on('error', error => check.destroy(error))
  check.on('close', () => source.destroy())
  // A pipe would wait forever for a source that closes before its end without an error.
  source.on('close', () => {
    if (!source.readableEnded) check.destroy(endedEarly())
  })
  return source.pipe(check)
}

function changedSinceLastRead(key: string): LadingError {
  return corrupt(key, 'had different content when it was last read')
}

function corrupt(key: string, what: string): LadingError {
  return new LadingError(
    'STORAGE_CORRUPT',
    `The stored file "${key}" ${what}; it was changed or damaged after it was stored. Send it again, and check the disk.`,
  )
}

function endedEarly(): LadingError {
  return new LadingError(
    'STORAGE_UNAVAILABLE',
    'The storage closed the file before its end; it will be read again.',
  )
}
