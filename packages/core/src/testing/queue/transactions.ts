// Cases of the queue suite: what a transaction of the caller's brings and takes back, where a queue can join one.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { fails, until } from '../runner.ts'
import { consumer, enqueued, type QueueCase } from './samples.ts'

export const transactionCases: Record<string, QueueCase> = {
  'a queue that cannot join a transaction says so, and does not pretend': {
    async run({ queue }) {
      if (queue.joinsTransactions) return
      const client = { query: () => assert.fail(), on: () => undefined, removeListener: () => undefined }
      const message = { jobId: randomUUID(), resource: 'users', kind: 'import' } as const
      await fails(queue.enqueue(message, { client }), 'CONFIG_INVALID')
      assert.equal(await queue.depth('import'), 0)
      if (queue.forget === undefined) return
      const [kept = ''] = await enqueued(queue, 1)
      await fails(queue.forget(kept, { client }), 'CONFIG_INVALID')
      assert.equal(await queue.depth('import'), 1)
    },
  },

  'a message comes to be with the commit, and not with a rollback': {
    needs: 'begin',
    async run({ queue, begin }) {
      const { delivered, stop } = consumer(queue)
      const send = async (end: 'commit' | 'rollback') => {
        const transaction = await begin()
        const jobId = randomUUID()
        await queue.enqueue({ jobId, resource: 'users', kind: 'import' }, { client: transaction.client })
        // Another message passes it, so it would have been delivered by now.
        const [passing = ''] = await enqueued(queue, 1)
        await until('the passing one', () => delivered.includes(passing))
        assert.ok(!delivered.includes(jobId), 'delivered before the end of the transaction')
        await transaction[end]()
        return jobId
      }
      const never = await send('rollback')
      const committed = await send('commit')
      await until('the committed one', () => delivered.includes(committed))
      await stop()
      assert.equal(delivered.length, 3)
      assert.ok(!delivered.includes(never))
    },
  },

  'taken back in a transaction, a message goes with the commit, and stays with a rollback': {
    needs: 'begin',
    async run({ queue, begin }) {
      if (queue.forget === undefined) return
      const [kept = '', gone = ''] = await enqueued(queue, 2)
      for (const [jobId, end, left] of [
        [kept, 'rollback', 2],
        [gone, 'commit', 1],
      ] as const) {
        const transaction = await begin()
        await queue.forget(jobId, { client: transaction.client })
        assert.equal(await queue.depth('import'), 2, 'taken back before the end of the transaction')
        await transaction[end]()
        assert.equal(await queue.depth('import'), left)
      }
      const { delivered, stop } = consumer(queue)
      await until('the one that is kept', () => delivered.length === 1)
      await stop()
      assert.deepEqual(delivered, [kept])
    },
  },
}
