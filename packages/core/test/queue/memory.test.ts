// The queue in memory does what every queue must.
import { describe, test } from 'vitest'
import { queueSuite } from '../../../conformance/src/queue/queue-suite.ts'
import { memoryQueue } from '../../src/queue/memory-queue.ts'

queueSuite({
  name: 'memory',
  create: async () => ({ queue: memoryQueue(), cleanup: async () => undefined }),
  lacks: {
    another: 'other processes cannot reach it',
    begin: 'it knows no transactions',
  },
  register: { describe, test },
})
