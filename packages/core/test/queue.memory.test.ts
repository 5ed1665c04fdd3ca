// The queue in memory does what every queue must.
import { describe, test } from 'vitest'
import { memoryQueue } from '../src/queue/memory-queue.ts'
import { queueSuite } from '../src/testing/queue/suite.ts'

queueSuite({
  name: 'memory',
  create: async settings => ({ queue: memoryQueue(settings), cleanup: async () => undefined }),
  lacks: {
    another: 'no other process can see it',
    frail: 'its messages die with its consumers',
    begin: 'it knows no transactions',
  },
  register: { describe, test },
})
