// Sources and looks at a storage that the cases of its suite share.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import type { ByteRange, Storage } from '@lading/core'
import { fails } from '../runner.ts'

export type StorageCases = Record<string, (storage: Storage) => Promise<void>>

export const key = 'imports/0198c0de/source.csv'

export async function read(storage: Storage, range: ByteRange = {}): Promise<Buffer> {
  return buffer(await storage.get(key, range))
}

export async function entries(storage: Storage, prefix: string): Promise<string[]> {
  const keys: string[] = []
  for await (const entry of storage.list(prefix)) keys.push(entry.key)
  return keys
}

export async function isEmpty(storage: Storage): Promise<void> {
  assert.equal(await storage.stat(key), undefined)
  await fails(storage.get(key), 'STORAGE_NOT_FOUND')
  assert.deepEqual(await entries(storage, ''), [])
}

export async function* chunks(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts
}

export function* pieces(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let start = 0, turn = 0; start < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    yield bytes.subarray(start, start + size)
    start += size
  }
}

export async function* failing(fault: Error): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(200_000)
  throw fault
}

/** Yields once, then never again. */
export async function* silent(onSilence: () => void): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(100_000)
  setImmediate(onSilence)
  await new Promise(() => undefined)
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
