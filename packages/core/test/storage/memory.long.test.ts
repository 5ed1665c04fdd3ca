// Memory while a large object is put: what has been written is let go of.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { fileStorage } from '../../src/index.ts'

// V8 decides when to collect garbage; memory that is held is distinguished from it.
setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

test('an upload of 300 MB never holds more than a fraction of it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lading-memory-'))
  collect()
  const before = process.memoryUsage().arrayBuffers
  let most = 0
  async function* upload() {
    for (let chunk = 0; chunk < 4_800; chunk++) {
      yield Buffer.alloc(64 * 1024, chunk)
      if (chunk % 160 !== 0) continue
      collect()
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    }
  }
  const { size } = await fileStorage(folder).put('big', upload(), { signal: new AbortController().signal })
  await rm(folder, { recursive: true })
  expect(size).toBe(4_800 * 64 * 1024)
  expect(most).toBeLessThan(30 * 1024 * 1024)
})
