// A stored object as it was when it was put → its bytes, read back only as long as they are still the same.
import { createHash, type Hash } from 'node:crypto'
import { type Readable, Transform, type TransformCallback } from 'node:stream'
import { LadingError } from '../errors/lading-error.ts'
import { readableFrom } from '../util/readable-from.ts'
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
  await expectSize(storage, stored)
  const hash = start === 0 && end === stored.size ? createHash('sha256') : undefined
  return checked(await storage.get(stored.key, range), { stored, bytes: Math.max(0, end - start), hash })
}

/**
 * Opens an object from `start` to its end, as `openVerified` opens all of it: the bytes before `start` are read for the
 * hash before the stream yields the first one.
 *
 * @throws LadingError `STORAGE_NOT_FOUND`; `STORAGE_CORRUPT`, also as an error of the stream
 */
export async function openRest(storage: Storage, stored: StoredObject, start: number): Promise<Readable> {
  if (start === 0) return openVerified(storage, stored)
  await expectSize(storage, stored)
  const before = await storage.get(stored.key, { start: 0, end: start })
  let rest: Readable | undefined
  async function* chunks(): AsyncGenerator<Buffer> {
    const hash = createHash('sha256')
    for await (const chunk of before) hash.update(chunk)
    const source = await storage.get(stored.key, { start })
    rest = checked(source, { stored, bytes: stored.size - start, hash })
    yield* rest
  }
  return readableFrom(chunks(), () => {
    before.destroy()
    rest?.destroy()
  })
}

/** Reads an object to its end, or to the signal. @throws LadingError `STORAGE_NOT_FOUND`, `STORAGE_CORRUPT` */
export async function expectWhole(
  storage: Storage,
  stored: StoredObject,
  signal?: AbortSignal,
): Promise<void> {
  for await (const _ of await openVerified(storage, stored)) signal?.throwIfAborted()
}

/** Compares nothing where there is no such object. @throws LadingError `STORAGE_CORRUPT` */
export async function expectSize(
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
  /** Of what was read before; absent where a part is read that has no hash of its own. */
  readonly hash: Hash | undefined
}

function checked(source: Readable, { stored: { key, sha256 }, bytes, hash }: Expected): Readable {
  let left = bytes
  let last: Buffer | undefined
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      left -= chunk.length
      hash?.update(chunk)
      if (left < 0) return done(corrupt(key, 'is longer than it was'))
      if (left > 0) return done(null, chunk)
      last = chunk
      done()
    },
    flush(done: TransformCallback) {
      if (left > 0) return done(corrupt(key, `ends ${left} bytes too early`))
      if (hash !== undefined && hash.digest('hex') !== sha256) return done(corrupt(key, 'holds other bytes'))
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
