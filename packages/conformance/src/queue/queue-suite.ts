// What every queue must do, as tests for any runner: call it with your queue and your `describe` and `test`.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { fails, type SuiteRunner, until } from '../runner.ts'
import { type FixturePart, listener, type QueueCase, type QueueFixture } from './queue-samples.ts'

export type { QueueFixture } from './queue-samples.ts'

export interface QueueSuiteOptions {
  /** The subject of the tests, for the title. */
  readonly name: string
  /** Called for each case: a queue without listeners, and what takes it away again. */
  readonly create: () => Promise<QueueFixture>
  /** Parts of the fixture that this queue cannot have, each with the reason; the cases that need them are skipped. */
  readonly lacks?: Partial<Record<FixturePart, string>>
  readonly register: SuiteRunner
}

/**
 * Registers one test for each promise of the contract `Queue` that Lading relies on.
 *
 * @example
 * import { describe, test } from 'node:test'
 * queueSuite({ name: 'broker', create: async () => ({ queue: myQueue(), cleanup: async () => {} }), lacks: { begin: 'no database', another: '…' }, register: { describe, test } })
 */
export function queueSuite({ name, create, lacks = {}, register }: QueueSuiteOptions): void {
  register.describe(`queue: ${name}`, () => {
    for (const [title, { needs, run }] of Object.entries(cases)) {
      const reason = needs && lacks[needs]
      if (reason !== undefined) {
        register.test.skip(`${title} (skipped: ${reason})`, async () => undefined)
        continue
      }
      register.test(title, async () => {
        const fixture = await create()
        try {
          await run({ ...missing, ...fixture })
        } finally {
          await fixture.queue.close?.()
          await fixture.cleanup()
        }
      })
    }
  })
}

const absent = (part: FixturePart) => async () => {
  throw new Error(`create() returns no ${part}(); add it, or give the reason in lacks`)
}
const missing = { another: absent('another'), begin: absent('begin') }

const lanes = ['import', 'import store-1', 'fetch'] as const

const cases: Record<string, QueueCase> = {
  'a wake-up reaches all listeners of its lane, and no other': {
    async run({ queue }) {
      const imports = listener(queue, ['import', 'import store-1'])
      const both = listener(queue, ['import', 'export'])
      const exports = listener(queue, ['export'])
      await until('both hear the import', async () => {
        await queue.wake('import')
        return imports.count('import') > 0 && both.count('import') > 0
      })
      await until('the exports hear theirs', async () => {
        await queue.wake('export')
        return exports.count('export') > 0 && both.count('export') > 0
      })
      assert.deepEqual([exports.count('import'), imports.count('export')], [0, 0])
      await Promise.all([imports.stop(), both.stop(), exports.stop()])
    },
  },

  'a lane is a text that is compared as it is': {
    async run({ queue }) {
      const heard = listener(queue, ['import store-1', "it's 100 % \u00fc"])
      await until('the odd lane', async () => {
        for (const lane of ['import', 'import store-10', "it's 100 % \u00fc"]) await queue.wake(lane)
        return heard.count("it's 100 % \u00fc") > 0
      })
      assert.ok(heard.wakes.every(lane => lane === undefined || lane === "it's 100 % \u00fc"))
      await heard.stop()
    },
  },

  'what was sent before the listening is not lost: the start of a listener, or a later wake-up, makes up for it':
    {
      async run({ queue }) {
        await queue.wake('import')
        const heard = listener(queue, lanes)
        await until('a wake-up', async () => {
          if (heard.wakes.length > 0) return true
          await queue.wake('import')
          return false
        })
        await heard.stop()
      },
    },

  'repeated notifications, and one without a listener, have no effect': {
    async run({ queue }) {
      await Promise.all([queue.wake('import'), queue.wake('import')])
      const heard = listener(queue, lanes)
      await until('a wake-up', async () => {
        await Promise.all([queue.wake('fetch'), queue.wake('fetch')])
        return heard.count('fetch') > 0
      })
      await heard.stop()
    },
  },

  'processes wake and interrupt each other': {
    needs: 'another',
    async run({ queue, another }) {
      const other = await another()
      const [here, there] = [listener(queue, lanes), listener(other, lanes)]
      const jobId = randomUUID()
      await until('each hears the other', async () => {
        await queue.wake('import')
        await other.wake('fetch')
        return there.count('import') > 0 && here.count('fetch') > 0
      })
      await queue.interrupt(jobId)
      await until('the interrupt', () => there.interrupts.includes(jobId))
      await Promise.all([here.stop(), there.stop()])
      await other.close?.()
    },
  },

  'an interrupt reaches every listener, whatever its lanes; twice does no harm': {
    async run({ queue }) {
      const jobId = randomUUID()
      await queue.interrupt(jobId)
      const [one, other] = [listener(queue, ['import']), listener(queue, ['export'])]
      await until('both', async () => {
        await Promise.all([queue.interrupt(jobId), queue.interrupt(jobId)])
        return one.interrupts.length > 0 && other.interrupts.length > 0
      })
      assert.ok([...one.interrupts, ...other.interrupts].every(id => id === jobId))
      assert.equal(
        [...one.wakes, ...other.wakes].filter(lane => lane !== undefined).length,
        0,
        'an interrupt notifies no worker',
      )
      await Promise.all([one.stop(), other.stop()])
    },
  },

  'a queue that cannot join a transaction reports it, and notifies no worker': {
    async run({ queue }) {
      if (queue.joinsTransactions) return
      const client = { query: () => assert.fail(), on: () => undefined, removeListener: () => undefined }
      const heard = listener(queue, lanes)
      await fails(queue.wake('import', { client }), 'CONFIG_INVALID')
      await until('another one', async () => {
        await queue.wake('fetch')
        return heard.count('fetch') > 0
      })
      assert.equal(heard.count('import'), 0)
      await heard.stop()
    },
  },

  'in a transaction, a wake-up is heard after the commit, and never after a rollback': {
    needs: 'begin',
    async run({ queue, begin }) {
      const heard = listener(queue, lanes)
      await until('it listens', async () => {
        await queue.wake('fetch')
        return heard.count('fetch') > 0
      })
      const send = async (lane: string, end: 'commit' | 'rollback') => {
        const transaction = await begin()
        await queue.wake(lane, { client: transaction.client })
        // A later notification passes it, so it would have been received by now.
        const before = heard.count('fetch')
        await queue.wake('fetch')
        await until('the passing one', () => heard.count('fetch') > before)
        assert.equal(heard.count(lane), 0, 'heard before the end of the transaction')
        await transaction[end]()
      }
      await send('import', 'rollback')
      await send('import store-1', 'commit')
      await until('the committed one', () => heard.count('import store-1') > 0)
      assert.equal(heard.count('import'), 0)
      await heard.stop()
    },
  },

  'the signal ends a listener: it resolves, and hears nothing more': {
    async run({ queue }) {
      const [gone, stays] = [listener(queue, lanes), listener(queue, lanes)]
      await until('both hear', async () => {
        await queue.wake('import')
        return gone.count('import') > 0 && stays.count('import') > 0
      })
      await gone.stop()
      const before = gone.wakes.length
      await until('the other one hears on', async () => {
        await queue.wake('fetch')
        return stays.count('fetch') > 0
      })
      assert.equal(gone.wakes.length, before)
      await stays.stop()
    },
  },

  'a signal that was aborted before: listen resolves at once': {
    async run({ queue }) {
      const abort = new AbortController()
      abort.abort()
      const heard = listener(queue, lanes, abort)
      await heard.ended
      assert.deepEqual(heard.wakes, [])
    },
  },

  'check resolves while the queue works, and changes nothing': {
    async run({ queue }) {
      const heard = listener(queue, lanes)
      await queue.check?.()
      assert.ok(heard.wakes.every(lane => lane === undefined))
      await heard.stop()
    },
  },

  'close ends all listeners, also twice, and those that come later': {
    async run({ queue }) {
      if (queue.close === undefined) return
      const [one, other] = [listener(queue, ['import']), listener(queue, ['export'])]
      await Promise.all([queue.close(), queue.close()])
      await Promise.all([one.ended, other.ended])
      await queue.close()
      await listener(queue, lanes).ended
    },
  },
}
