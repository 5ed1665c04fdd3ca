// Cases of the queue suite: several handlers and consumers, and how they begin and end.
import assert from 'node:assert/strict'
import { fails, until } from '../runner.ts'
import { consumer, enqueued, gate, type QueueCase } from './samples.ts'

export const sharingCases: Record<string, QueueCase> = {
  'in roughly the order in which they came': {
    async run({ queue }) {
      const ids = await enqueued(queue, 40)
      const { delivered, stop } = consumer(queue, undefined, { concurrency: 3 })
      await until('all', () => delivered.length === 40)
      await stop()
      for (const [place, id] of ids.entries()) {
        const distance = Math.abs(delivered.indexOf(id) - place)
        assert.ok(distance <= 5, `message ${place} was delivered ${distance} places from its own`)
      }
    },
  },

  'never more handlers than the concurrency, and as many as that': {
    async run({ queue }) {
      await enqueued(queue, 30)
      let running = 0
      let most = 0
      let waiting: (() => void)[] = []
      const { delivered, stop } = consumer(
        queue,
        async () => {
          most = Math.max(most, ++running)
          await new Promise<void>(resolve => waiting.push(resolve))
          running--
        },
        { concurrency: 3 },
      )
      await until('three at once', () => running === 3)
      await until('all', () => {
        const going = waiting
        waiting = []
        for (const go of going) go()
        return delivered.length === 30 && running === 0
      })
      await stop()
      assert.equal(most, 3)
    },
  },

  'a concurrency that is no whole number from 1 is refused': {
    async run({ queue }) {
      for (const concurrency of [0, -1, 1.5, Number.NaN])
        await fails(consumer(queue, undefined, { concurrency }).ended, 'CONFIG_INVALID')
    },
  },

  'consumers share the messages: each is delivered to one of them': {
    async run({ queue }) {
      await sharing([queue, queue])
    },
  },

  'consumers of several processes share the messages too': {
    needs: 'another',
    async run({ queue, another }) {
      const others = [await another(), await another()]
      await sharing([queue, ...others])
      await Promise.all(others.map(each => each.close()))
    },
  },

  'a flood of one resource does not starve another': {
    async run({ queue }) {
      const flood = await enqueued(queue, 100, 'flood')
      const steps: (() => void)[] = []
      const { delivered, stop, abort } = consumer(queue, (_, { signal }) =>
        signal.aborted ? Promise.resolve() : new Promise(resolve => steps.push(resolve)),
      )
      const step = async () => {
        const before = delivered.length
        steps.shift()?.()
        await until('the next one', () => delivered.length > before)
      }
      await until('the first', () => delivered.length === 1)
      const rare = await enqueued(queue, 3, 'rare')
      for (let count = 0; count < 6; count++) await step()
      assert.deepEqual(
        rare.filter(id => delivered.includes(id)),
        rare,
        'three of the rare resource among six deliveries',
      )
      assert.ok(flood.filter(id => delivered.includes(id)).length >= 3, 'and the flood goes on')
      abort()
      for (const go of steps) go()
      await stop()
    },
  },

  'a free place is given to a resource that has none, not to one that has many': {
    async run({ queue }) {
      await enqueued(queue, 20, 'flood')
      const rare = await enqueued(queue, 2, 'rare')
      const { opened, open } = gate()
      const { delivered, stop } = consumer(queue, () => opened, { concurrency: 4 })
      await until('four', () => delivered.length === 4)
      assert.deepEqual(new Set(rare.filter(id => delivered.includes(id))), new Set(rare))
      open()
      await stop()
    },
  },

  'of one resource never more than are allowed, so that others find a place that is free': {
    async run({ queue }) {
      const flood = await enqueued(queue, 20, 'flood')
      const { opened, open } = gate()
      const options = { concurrency: 4, concurrencyPerResource: 3 }
      const { delivered, stop } = consumer(queue, () => opened, options)
      await until('three of them', () => delivered.length === 3)
      const rare = await enqueued(queue, 2, 'rare')
      await until('one of the others', () => delivered.length > 3)
      assert.deepEqual([delivered.length, rare.includes(delivered[3] ?? '')], [4, true])
      open()
      await until('all', () => delivered.length === 22)
      await stop()
      assert.deepEqual([...delivered].sort(), [...flood, ...rare].sort())
    },
  },

  'a limit for each resource that is no whole number from 1 is refused': {
    async run({ queue }) {
      for (const concurrencyPerResource of [0, 1.5])
        await fails(consumer(queue, undefined, { concurrencyPerResource }).ended, 'CONFIG_INVALID')
    },
  },

  'the end by the signal: handlers are told, waited for, and nothing more is delivered': {
    async run({ queue }) {
      await enqueued(queue, 3)
      const { opened, open } = gate()
      let wasTold = false
      let hasEnded = false
      const { delivered, ended, abort } = consumer(queue, async (_, { signal }) => {
        signal.addEventListener('abort', () => {
          wasTold = true
        })
        await opened
      })
      const end = ended.then(() => {
        hasEnded = true
      })
      await until('a handler', () => delivered.length === 1)
      abort()
      await until('the handler is told', () => wasTold)
      // Asking the queue takes longer than an early end would.
      assert.equal(await queue.depth('import'), 2)
      assert.equal(hasEnded, false)
      open()
      await end
      assert.equal(delivered.length, 1)
      assert.equal(await queue.depth('import'), 2, 'the message of the handler that resolved is done with')
    },
  },

  'a signal that has come already: consume ends at once': {
    async run({ queue }) {
      await enqueued(queue, 1)
      await queue.consume({
        kind: 'import',
        concurrency: 1,
        signal: AbortSignal.abort(),
        handler: async () => assert.fail('delivered after the end'),
      })
      assert.equal(await queue.depth('import'), 1)
    },
  },

  'close ends the consumers, also twice, and those that come late': {
    async run({ queue }) {
      const one = consumer(queue)
      const other = consumer(queue, undefined, { kind: 'export' })
      await enqueued(queue, 1)
      await until('it runs', () => one.delivered.length === 1)
      await Promise.all([queue.close(), queue.close()])
      await Promise.all([one.ended, other.ended])
      await queue.close()
      await consumer(queue).ended
    },
  },
}

async function sharing(queues: readonly Parameters<typeof consumer>[0][]): Promise<void> {
  const [first] = queues
  assert.ok(first)
  const ids = await enqueued(first, 60)
  const { opened, open } = gate()
  const consumers = queues.map(queue => consumer(queue, () => opened, { concurrency: 4 }))
  await until('every one has messages', () => consumers.every(({ delivered }) => delivered.length === 4))
  open()
  const all = () => consumers.flatMap(({ delivered }) => delivered)
  await until('all', () => all().length >= ids.length)
  await Promise.all(consumers.map(({ stop }) => stop()))
  assert.deepEqual(all().sort(), ids.sort())
}
