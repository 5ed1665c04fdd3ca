// What every queue must do, as tests for any runner: call it with your queue and your `describe` and `test`.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { fails, type SuiteRunner, until } from '../runner.ts'
import { brokenCases } from './broken.ts'
import { kindCases } from './kinds.ts'
import {
  type BedPart,
  consumer,
  enqueued,
  gate,
  type QueueBed,
  type QueueCase,
  type QueueSuiteSettings,
} from './samples.ts'
import { sharingCases } from './sharing.ts'
import { storageCases } from './storages.ts'
import { transactionCases } from './transactions.ts'

export type { QueueBed, QueueSuiteSettings } from './samples.ts'

export interface QueueSuiteOptions {
  /** What is tested, for the title. */
  readonly name: string
  /** Called for each case: an empty queue with these settings, and what takes it away again. */
  readonly create: (settings: QueueSuiteSettings) => Promise<QueueBed>
  /** Parts of the bed that this queue cannot have, each with the reason; the cases that need them are skipped. */
  readonly lacks?: Partial<Record<BedPart, string>>
  readonly register: SuiteRunner
}

/** Patient enough that a slow machine takes nobody for dead. */
const settings: QueueSuiteSettings = { visibilityMs: 30_000, backoffMs: 50, pollMs: 50 }

/**
 * Registers one test for each thing that Lading relies on.
 *
 * @example
 * import { describe, test } from 'node:test'
 * queueSuite({ name: 'broker', create: async settings => ({ queue: myQueue(settings), cleanup: async () => {} }), lacks: { begin: 'no database', frail: '…', another: '…' }, register: { describe, test } })
 */
export function queueSuite({ name, create, lacks = {}, register }: QueueSuiteOptions): void {
  register.describe(`queue: ${name}`, () => {
    const cases = {
      ...deliveryCases,
      ...kindCases,
      ...storageCases,
      ...transactionCases,
      ...sharingCases,
      ...brokenCases,
    }
    for (const [title, { needs, settings: own, run }] of Object.entries(cases)) {
      const reason = needs && lacks[needs]
      if (reason !== undefined) {
        register.test.skip(`${title} (skipped: ${reason})`, async () => undefined)
        continue
      }
      register.test(title, async () => {
        const bed = await create({ ...settings, ...own })
        try {
          await run({ ...missing, ...bed })
        } finally {
          await bed.queue.close()
          await bed.cleanup()
        }
      })
    }
  })
}

const absent = (part: BedPart) => async () => {
  throw new Error(`create() gives no ${part}(); add it, or say in lacks why there is none`)
}
const missing = { another: absent('another'), frail: absent('frail'), begin: absent('begin') }

const deliveryCases: Record<string, QueueCase> = {
  'what is enqueued is delivered once, also what came before the consumer': {
    async run({ queue }) {
      const before = await enqueued(queue, 3)
      const { delivered, stop } = consumer(queue)
      await until('the first three', () => delivered.length === 3)
      const after = await enqueued(queue, 3)
      await until('the next three', () => delivered.length === 6)
      await stop()
      assert.deepEqual(delivered, [...before, ...after])
      assert.equal(await queue.depth('import'), 0)
    },
  },

  'a message is announced: it does not wait for the poll': {
    settings: { pollMs: 3_600_000 },
    async run({ queue }) {
      const { delivered, stop } = consumer(queue)
      for (let count = 1; count <= 3; count++) {
        await enqueued(queue, 1)
        await until(`message ${count}`, () => delivered.length === count)
      }
      await stop()
    },
  },

  'enqueued again while it waits, it is one message': {
    async run({ queue }) {
      const jobId = randomUUID()
      const later = new Date(Date.now() + 3_600_000)
      for (const notBefore of [undefined, undefined, later])
        await queue.enqueue({ jobId, resource: 'users', kind: 'import', notBefore })
      assert.equal(await queue.depth('import'), 1)
      const { delivered, stop } = consumer(queue)
      await until('the message', () => delivered.length > 0)
      const [last] = await enqueued(queue, 1)
      await until('the next one', () => delivered.includes(last ?? ''))
      await stop()
      assert.deepEqual(delivered, [jobId, last])
    },
  },

  'enqueued again while its handler runs, it is delivered once more, and after that': {
    async run({ queue }) {
      const { opened, open } = gate()
      const [jobId = ''] = await enqueued(queue, 1)
      const { delivered, stop } = consumer(queue, () => opened, { concurrency: 2 })
      await until('the first delivery', () => delivered.length === 1)
      await queue.enqueue({ jobId, resource: 'users', kind: 'import' })
      const [other] = await enqueued(queue, 1)
      await until('the other one', () => delivered.includes(other ?? ''))
      assert.deepEqual(delivered, [jobId, other])
      open()
      await until('the second delivery', () => delivered.length === 3)
      await stop()
      assert.deepEqual(delivered, [jobId, other, jobId])
      assert.equal(await queue.depth('import'), 0)
    },
  },

  'not before its moment, and the earlier moment counts': {
    async run({ queue }) {
      const jobId = randomUUID()
      const message = { jobId, resource: 'users', kind: 'import' } as const
      const moment = Date.now() + 400
      await queue.enqueue({ ...message, notBefore: new Date(moment + 3_600_000) })
      await queue.enqueue({ ...message, notBefore: new Date(moment) })
      const [now = ''] = await enqueued(queue, 1)
      let deliveredAt = 0
      const { delivered, stop } = consumer(queue, async id => {
        if (id === jobId) deliveredAt = Date.now()
      })
      await until('both', () => delivered.length === 2)
      await stop()
      // Where enqueueing took longer than that, its moment had come before there was a consumer.
      assert.deepEqual([...delivered].sort(), [now, jobId].sort())
      // Two clocks may differ by the time that it takes to read them.
      assert.ok(deliveredAt >= moment - 20, `${moment - deliveredAt} ms too early`)
    },
  },

  'depth counts what waits, and not what a handler has': {
    async run({ queue }) {
      assert.equal(await queue.depth('import'), 0)
      await enqueued(queue, 4)
      const notBefore = new Date(Date.now() + 3_600_000)
      await queue.enqueue({ jobId: randomUUID(), resource: 'users', kind: 'import', notBefore })
      assert.equal(await queue.depth('import'), 5)
      const { opened, open } = gate()
      const { delivered, stop } = consumer(queue, () => opened, { concurrency: 2 })
      await until('two handlers', () => delivered.length === 2)
      assert.equal(await queue.depth('import'), 3)
      open()
      await until('all but the late one', async () => (await queue.depth('import')) === 1)
      await stop()
    },
  },

  'beyond its limit it is full, until a message goes; a message that is there may come again': {
    settings: { maxDepth: 2 },
    async run({ queue }) {
      const [first = ''] = await enqueued(queue, 2)
      const message = { resource: 'users', kind: 'import' } as const
      await fails(queue.enqueue({ ...message, jobId: randomUUID() }), 'QUEUE_FULL')
      await queue.enqueue({ ...message, jobId: first })
      await queue.enqueue({ ...message, jobId: randomUUID(), kind: 'export' })
      const { delivered, stop } = consumer(queue)
      await until('both', () => delivered.length === 2)
      await stop()
      const last = randomUUID()
      await queue.enqueue({ ...message, jobId: last })
      assert.equal(await queue.depth('import'), 1)
      if (queue.forget === undefined) return
      await queue.enqueue({ ...message, jobId: randomUUID() })
      await queue.forget(last)
      await queue.enqueue({ ...message, jobId: randomUUID() })
    },
  },

  'forgotten, it is not delivered; a handler that runs goes on': {
    async run({ queue }) {
      if (queue.forget === undefined) return
      const [kept = '', gone = ''] = await enqueued(queue, 2)
      await queue.forget(gone)
      await queue.forget(gone)
      assert.equal(await queue.depth('import'), 1)
      const { opened, open } = gate()
      const { delivered, stop } = consumer(queue, () => opened)
      await until('the one that is kept', () => delivered.length === 1)
      await queue.forget(kept)
      open()
      const [last] = await enqueued(queue, 1)
      await until('the next one', () => delivered.includes(last ?? ''))
      await stop()
      assert.deepEqual(delivered, [kept, last])
    },
  },
}
