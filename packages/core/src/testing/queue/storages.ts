// Cases of the queue suite: messages for consumers of one storage, where a queue can tell them apart.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Queue } from '../../queue/queue.ts'
import { fails, until } from '../runner.ts'
import { consumer, enqueued, type QueueCase } from './samples.ts'

async function enqueuedFor(storage: string, queue: Queue, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID())
  for (const jobId of ids) await queue.enqueue({ jobId, resource: 'users', kind: 'import', storage })
  return ids
}

export const storageCases: Record<string, QueueCase> = {
  'each storage has its messages, and those for all are for all': {
    async run({ queue }) {
      if (queue.selectsByStorage !== true) return
      const ofOne = await enqueuedFor('one', queue, 3)
      const ofOther = await enqueuedFor('other', queue, 2)
      const one = consumer(queue, undefined, { storage: 'one', concurrency: 2 })
      await until('those of one', () => one.delivered.length === 3)
      await one.stop()
      const none = consumer(queue)
      const [forAll] = await enqueued(queue, 1)
      await until('the one for all', () => none.delivered.length === 1)
      await none.stop()
      const other = consumer(queue, undefined, { storage: 'other' })
      const [second] = await enqueued(queue, 1)
      await until('those of the other, and the one for all', () => other.delivered.length === 3)
      await other.stop()
      assert.deepEqual([one.delivered, none.delivered], [ofOne, [forAll]])
      assert.deepEqual([...other.delivered].sort(), [...ofOther, second].sort())
      assert.equal(await queue.depth('import'), 0)
    },
  },

  'messages for a storage that nobody has hold up no other, and wait as they are': {
    settings: { pollMs: 3_600_000 },
    async run({ queue }) {
      if (queue.selectsByStorage !== true) return
      await enqueuedFor('gone', queue, 100)
      const mine = consumer(queue, undefined, { storage: 'mine', concurrency: 2, concurrencyPerResource: 1 })
      const ids = await enqueuedFor('mine', queue, 5)
      await until('all of mine', () => mine.delivered.length === 5)
      await mine.stop()
      assert.deepEqual(mine.delivered, ids)
      assert.equal(await queue.depth('import'), 100)
    },
  },

  'a storage whose messages fill the queue leaves room for those of another': {
    settings: { maxDepth: 2 },
    async run({ queue }) {
      if (queue.selectsByStorage !== true) return
      const message = { resource: 'users', kind: 'import' } as const
      await enqueuedFor('gone', queue, 2)
      await fails(queue.enqueue({ ...message, jobId: randomUUID(), storage: 'gone' }), 'QUEUE_FULL')
      await queue.enqueue({ ...message, jobId: randomUUID() })
      await enqueuedFor('mine', queue, 1)
      await fails(queue.enqueue({ ...message, jobId: randomUUID(), storage: 'mine' }), 'QUEUE_FULL')
      assert.equal(await queue.depth('import'), 4)
    },
  },

  'enqueued again for another storage, it is for that one': {
    async run({ queue }) {
      if (queue.selectsByStorage !== true) return
      const [jobId = ''] = await enqueued(queue, 1)
      await queue.enqueue({ jobId, resource: 'users', kind: 'import', storage: 'other' })
      const [last] = await enqueued(queue, 1)
      const none = consumer(queue)
      await until('the next one', () => none.delivered.length > 0)
      await none.stop()
      const other = consumer(queue, undefined, { storage: 'other' })
      await until('its message', () => other.delivered.length > 0)
      await other.stop()
      assert.deepEqual([none.delivered, other.delivered], [[last], [jobId]])
    },
  },

  'a handler that sends its message on to another storage is done with it': {
    async run({ queue }) {
      if (queue.selectsByStorage !== true) return
      const [jobId = ''] = await enqueued(queue, 1)
      const none = consumer(queue, id =>
        queue.enqueue({ jobId: id, resource: 'users', kind: 'import', storage: 'other' }),
      )
      await until('the first delivery', () => none.delivered.length === 1)
      const other = consumer(queue, undefined, { storage: 'other' })
      await until('the second', () => other.delivered.length === 1)
      await Promise.all([none.stop(), other.stop()])
      assert.deepEqual([none.delivered, other.delivered], [[jobId], [jobId]])
      assert.equal(await queue.depth('import'), 0)
    },
  },
}
