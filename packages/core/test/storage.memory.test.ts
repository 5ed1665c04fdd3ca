// Memory while a large object is put: what has been written is let go of.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileStorage } from '../src/index.ts'

test('an upload of 300 MB never holds more than a fraction of it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lading-memory-'))
  const before = process.memoryUsage().arrayBuffers
  let most = 0
  async function* upload() {
    for (let chunk = 0; chunk < 4_800; chunk++) {
      yield Buffer.alloc(64 * 1024, chunk)
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    }
  }
  const { size } = await fileStorage(folder).put('big', upload(), { signal: new AbortController().signal })
  await rm(folder, { recursive: true })
  expect(size).toBe(4_800 * 64 * 1024)
  expect(most).toBeLessThan(150 * 1024 * 1024)
})
