// The storage in a folder does what every storage must.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { storageSuite } from '../../../conformance/src/storage/storage-suite.ts'
import { fileStorage } from '../../src/storage/file/file-storage.ts'

storageSuite({
  name: 'files',
  create: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lading-storage-'))
    const again = () => fileStorage(join(folder, 'made', 'on', 'demand'))
    return {
      storage: again(),
      again,
      cleanup: () => rm(folder, { recursive: true }),
    }
  },
  register: { describe, test },
})
