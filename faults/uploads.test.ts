// F18: clients that break off their upload over HTTP, at any place of it, a hundred times.
import { readdir } from 'node:fs/promises'
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { startServer } from '../examples/reference-server/test/support.ts'
import { faultHarness } from './support/harness.ts'

const harness = faultHarness()

const body = Buffer.from(
  `email,name,role,active\n${Array.from({ length: 5_000 }, (_, row) => `u${row}@example.org,U,reader,true\n`).join('')}`,
)

test('a hundred uploads aborted at 0, 1, 50 and 99 percent leave no job, no file and no descriptor', async () => {
  const server = await startServer({ DATABASE_URL: harness.database.url, STORAGE_PATH: harness.folder })
  const descriptors = async () => (await readdir(`/proc/${server.child.pid}/fd`)).length
  const breakOff = async (percent: number) => {
    const sending = request(`${server.url}/v1/imports?resource=users&format=csv`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'text/csv', 'content-length': body.length },
    })
    sending.on('error', () => undefined)
    const part = body.subarray(0, Math.floor((body.length * percent) / 100))
    // Written completely before it is aborted.
    await new Promise(resolve => {
      sending.write(part.length === 0 ? 'e' : part, resolve)
    })
    const closed = new Promise(resolve => sending.once('close', resolve))
    sending.destroy()
    await closed
  }
  // The first ones open what the server keeps, such as the connections of its pool.
  for (const percent of [0, 1, 50, 99]) await breakOff(percent)
  await expect.poll(() => harness.files()).toEqual([])
  const before = await descriptors()
  for (let time = 0; time < 25; time++) {
    await Promise.all([0, 1, 50, 99].map(breakOff))
  }
  await expect.poll(() => harness.files()).toEqual([])
  // Less than a hundred, since a pool may open and close connections.
  await expect.poll(descriptors).toBeLessThan(before + 20)
  expect((await harness.pool.query('select from lading.jobs')).rowCount).toBe(0)
  expect(await server.stop()).toBe(0)
  // Uploads that had not even arrived at the time of the check.
  expect(await harness.files()).toEqual([])
})
