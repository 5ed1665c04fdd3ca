// The storage in memory does what every storage must.
import { describe, test } from 'vitest'
import { storageSuite } from '../../../conformance/src/storage/storage-suite.ts'
import { memoryStorage } from '../../src/storage/memory-storage.ts'

storageSuite({
  name: 'memory',
  create: async () => ({ storage: memoryStorage(), cleanup: async () => undefined }),
  register: { describe, test },
})
