// A stored object as it was when it was put → its bytes, read back only as long as they are still the same.
import { addAbortSignal, type Readable, Transform, type TransformCallback } from 'node:stream'
import { LadingError } from '../errors/lading-error.ts'
import { readableFrom } from '../util/readable-from.ts'
import { ReadPrefix } from './prefix.ts'
import type { ByteRange, Storage, StoredObject } from './storage.ts'

/**
 * Opens an object, or a part of it. The size is compared before the first byte. The SHA-256 is compared where the whole
 * object is read, and its last chunk is held back until then, so that a reader never sees the end of other bytes.
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
  return checked(await storage.get(stored.key, range), { stored, bytes: Math.max(0, end - start), prefix })
}

/**
 * Opens an object from `start` to its end, as `openVerified` opens all of it: the bytes before `start` are read for the
 * hash before the stream yields the first one.
 *
 * @param prefix learns what is read, and may know what an earlier reader of the object found: other bytes in that place
 *   are damage, even where the object is whole now
 * @throws LadingError `STORAGE_NOT_FOUND`; `STORAGE_CORRUPT`, also as an error of the stream
 */
export async function openRest(
  storage: Storage,
  stored: StoredObject,
  start: number,
  prefix = new ReadPrefix(),
): Promise<Readable> {
  await assertSize(storage, stored)
  if (start === 0) return checked(await storage.get(stored.key), { stored, bytes: stored.size, prefix })
  const before = await storage.get(stored.key, { start: 0, end: start })
  let rest: Readable | undefined
  async function* chunks(): AsyncGenerator<Buffer> {
    for await (const chunk of before) if (!prefix.add(chunk)) throw otherThanBefore(stored.key)
    const source = await storage.get(stored.key, { start })
    rest = checked(source, { stored, bytes: stored.size - start, prefix })
    yield* rest
  }
  return readableFrom(chunks(), () => {
    before.destroy()
    rest?.destroy()
  })
}

/**
 * Reads an object to its end, or to the signal, also where the storage is silent.
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

/** Compares nothing where there is no such object. @throws LadingError `STORAGE_CORRUPT` */
export async function assertSize(
  storage: Storage,
  { key, size }: Omit<StoredObject, 'sha256'>,
): Promise<void> {
  const found = await storage.stat(key)
  if (found !== undefined && found.size !== size)
    throw corrupt(key, `has ${found.size} bytes instead of ${size}`)
}

interface Expected {
  readonly stored: StoredObject
  /** That are still to come. */
  readonly bytes: number
  /** What was read before; absent where a part is read that has no hash of its own. */
  readonly prefix: ReadPrefix | undefined
}

function checked(source: Readable, { stored: { key, sha256 }, bytes, prefix }: Expected): Readable {
  let left = bytes
  let last: Buffer | undefined
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      left -= chunk.length
      if (prefix?.add(chunk) === false) return done(otherThanBefore(key))
      if (left < 0) return done(corrupt(key, 'is longer than it was'))
      if (left > 0) return done(null, chunk)
      last = chunk
      done()
    },
    flush(done: TransformCallback) {
      if (left > 0) return done(corrupt(key, `ends ${left} bytes too early`))
      if (prefix !== undefined && prefix.now.sha256 !== sha256) return done(corrupt(key, 'holds other bytes'))
      done(null, last)
    },
  })
  source.on('error', error => check.destroy(error))
  check.on('close', () => source.destroy())
  // A pipe waits for ever for a source that closes without an error before its end.
  source.on('close', () => {
    if (!source.readableEnded) check.destroy(brokenOff())
  })
  return source.pipe(check)
}

function otherThanBefore(key: string): LadingError {
  return corrupt(key, 'held other bytes when it was last read')
}

function corrupt(key: string, what: string): LadingError {
  return new LadingError(
    'STORAGE_CORRUPT',
    `The stored file "${key}" ${what}; it was changed or damaged after it was stored. Send it again, and check the disk.`,
  )
}

function brokenOff(): LadingError {
  return new LadingError(
    'STORAGE_UNAVAILABLE',
    'The storage closed the file before its end; it is read again.',
  )
}
