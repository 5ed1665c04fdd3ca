// Cases of the queue suite: messages of several kinds, and those that become one of another kind.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { until } from '../runner.ts'
import { consumer, enqueued, gate, type QueueCase } from './samples.ts'

export const kindCases: Record<string, QueueCase> = {
  'imports and exports are told apart': {
    async run({ queue }) {
      const jobId = randomUUID()
      await queue.enqueue({ jobId, resource: 'users', kind: 'export' })
      const [id] = await enqueued(queue, 1)
      const imports = consumer(queue)
      await until('the import', () => imports.delivered.length === 1)
      assert.deepEqual([await queue.depth('import'), await queue.depth('export')], [0, 1])
      const exports = consumer(queue, undefined, { kind: 'export' })
      await until('the export', () => exports.delivered.length === 1)
      await Promise.all([imports.stop(), exports.stop()])
      assert.deepEqual([imports.delivered, exports.delivered], [[id], [jobId]])
    },
  },

  'enqueued again with another kind, it is delivered to those who take that kind, and to nobody else': {
    settings: { pollMs: 3_600_000 },
    async run({ queue }) {
      const [jobId = ''] = await enqueued(queue, 1)
      const { opened, open } = gate()
      await queue.enqueue({ jobId, resource: 'acme', kind: 'fetch' })
      const imports = consumer(queue)
      const fetches = consumer(queue, () => opened, { kind: 'fetch' })
      await until('the fetch', () => fetches.delivered.length === 1)
      await queue.enqueue({ jobId, resource: 'users', kind: 'import' })
      open()
      await until('the import', () => imports.delivered.length === 1)
      await Promise.all([imports.stop(), fetches.stop()])
      assert.deepEqual([imports.delivered, fetches.delivered], [[jobId], [jobId]])
      assert.deepEqual([await queue.depth('import'), await queue.depth('fetch')], [0, 0])
    },
  },
}
