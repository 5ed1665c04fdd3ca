// Cases of the queue suite: handlers that reject, consumers that die, and acknowledgements that get lost.
import assert from 'node:assert/strict'
import { until } from '../runner.ts'
import { consumer, enqueued, gate, type QueueCase } from './samples.ts'

export const brokenCases: Record<string, QueueCase> = {
  'a handler that rejects gets it again, after a pause that grows': {
    settings: { backoffMs: 100 },
    async run({ queue }) {
      const [jobId] = await enqueued(queue, 1)
      const times: number[] = []
      const { delivered, stop } = consumer(queue, async () => {
        times.push(performance.now())
        if (times.length < 4) throw new Error('Not yet.')
      })
      await until('the fourth delivery', () => times.length === 4)
      await until('it is done with', async () => (await queue.depth('import')) === 0)
      await stop()
      assert.deepEqual(delivered, [jobId, jobId, jobId, jobId])
      const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0))
      for (const [index, least] of [100, 200, 400].entries())
        assert.ok((pauses[index] ?? 0) > least * 0.9, `pause ${index} was ${pauses[index]} ms`)
    },
  },

  'a handler that throws before its first await is one that rejects, and others are not disturbed': {
    async run({ queue }) {
      const [bad] = await enqueued(queue, 1)
      let failures = 0
      const { delivered, stop } = consumer(queue, id => {
        if (id === bad && ++failures < 3) throw new Error('At once.')
        return Promise.resolve()
      })
      const good = await enqueued(queue, 3)
      await until('all', () => failures === 3 && good.every(id => delivered.includes(id)))
      await stop()
      assert.equal(delivered.length, 6)
    },
  },

  'a handler that rejects because it was asked to stop leaves it to others, at once': {
    settings: { backoffMs: 3_600_000, pollMs: 3_600_000 },
    async run({ queue }) {
      const [jobId] = await enqueued(queue, 1)
      const one = consumer(
        queue,
        (_, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason))
          }),
      )
      await until('the first delivery', () => one.delivered.length === 1)
      const other = consumer(queue)
      await one.stop()
      await until('the other has it', () => other.delivered.length === 1)
      await other.stop()
      assert.deepEqual(other.delivered, [jobId])
    },
  },

  'a handler that is interrupted is asked to stop, and no other one': {
    settings: { backoffMs: 3_600_000, pollMs: 3_600_000 },
    async run({ queue }) {
      if (queue.interrupt === undefined) return
      const [jobId = '', undisturbed = ''] = await enqueued(queue, 2)
      const { opened, open } = gate()
      let isDisturbed = false
      const { delivered, stop } = consumer(
        queue,
        (id, { signal }) => {
          if (id === undisturbed) {
            signal.addEventListener('abort', () => {
              isDisturbed = true
            })
            return opened
          }
          return new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason))
          })
        },
        { concurrency: 2 },
      )
      await until('both run', () => delivered.length === 2)
      await queue.interrupt(jobId)
      await until('it rejected, and comes again at once', () => delivered.length === 3)
      assert.deepEqual([delivered[2], isDisturbed], [jobId, false])
      await queue.interrupt('00000000-0000-4000-8000-000000000000')
      open()
      await stop()
    },
  },

  'a message of a consumer that died is delivered to another, when its time is over': {
    needs: 'frail',
    settings: { visibilityMs: 600 },
    async run({ queue, frail }) {
      const [jobId] = await enqueued(queue, 1)
      const { opened, open } = gate()
      const dying = await frail()
      const dead = consumer(dying.queue, () => opened)
      await until('the first delivery', () => dead.delivered.length === 1)
      await dying.cut()
      const other = consumer(queue)
      await until('the second delivery', () => other.delivered.length === 1)
      assert.deepEqual(other.delivered, [jobId])
      open()
      await dead.stop()
      await dying.queue.close()
      await other.stop()
    },
  },

  'a message whose acknowledgement was lost is delivered again': {
    needs: 'frail',
    settings: { visibilityMs: 600 },
    async run({ queue, frail }) {
      const [jobId] = await enqueued(queue, 1)
      const dying = await frail()
      const dead = consumer(dying.queue, () => dying.cut())
      await until('the first delivery', () => dead.delivered.length === 1)
      const other = consumer(queue)
      await until('the second delivery', () => other.delivered.length === 1)
      await until('it is done with', async () => (await queue.depth('import')) === 0)
      await dead.stop()
      await dying.queue.close()
      await other.stop()
      assert.deepEqual([...dead.delivered, ...other.delivered], [jobId, jobId])
    },
  },

  'a handler may run longer than the time after which a consumer is dead: nobody else gets it': {
    needs: 'another',
    settings: { visibilityMs: 1_500 },
    async run({ queue, another }) {
      const [jobId] = await enqueued(queue, 1)
      const { opened, open } = gate()
      const slow = consumer(queue, () => opened)
      await until('the first delivery', () => slow.delivered.length === 1)
      const second = await another()
      const other = consumer(second)
      const since = performance.now()
      await until('more than that time is over', () => performance.now() > since + 2_000)
      open()
      await slow.stop()
      const [last] = await enqueued(queue, 1)
      await until('the next one', () => other.delivered.length > 0)
      await other.stop()
      await second.close()
      assert.deepEqual([slow.delivered, other.delivered], [[jobId], [last]])
    },
  },

  'who lost a message to another is told, and can no longer acknowledge it': {
    needs: 'frail',
    settings: { visibilityMs: 600, backoffMs: 3_600_000 },
    async run({ queue, frail }) {
      await enqueued(queue, 1)
      const late = gate()
      const dying = await frail()
      const dead = consumer(dying.queue, () => late.opened)
      await until('the first delivery', () => dead.delivered.length === 1)
      await dying.cut()
      const { opened, open } = gate()
      const other = consumer(queue, () => opened)
      await until('the second delivery', () => other.delivered.length === 1)
      late.open()
      await dead.stop()
      await dying.queue.close()
      other.abort()
      open()
      await other.ended
      assert.equal(await queue.depth('import'), 0)
    },
  },
}
