// Cases of the HTTP suite: a client that reads an export too slowly is cut off, and its resources are released.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { setInterval } from 'node:timers/promises'
import { until } from '../../runner.ts'
import type { HttpCases } from '../harness.ts'

export const slowReaderCases: HttpCases = {
  'a client that reads too slowly is cut off; one that waits for the first row is not': async harness => {
    const { brittle } = harness.service
    await brittle.prepare()
    const served = await harness.serve({
      exporter: brittle.exporter,
      resources: brittle.resources,
      // What the kernel takes at once is less than that.
      limits: { answerBytesPerSecond: 100_000_000, answerRateSeconds: 0.5 },
    })
    const waiting = new AbortController()
    const patient = fetch(`${served.base}/v1/exports?resource=sleepy_lines`, { signal: waiting.signal })
    patient.catch(() => undefined)
    await until('it is waited for', async () => (await brittle.printing()) === 1)
    const reading = request(`${served.base}/v1/exports?resource=long_lines`, { agent: false }).end()
    const [answer] = await once(reading, 'response')
    answer.on('error', () => undefined)
    assert.equal(answer.statusCode, 200)
    const stop = new AbortController()
    const sip = async () => {
      for await (const _ of setInterval(50, undefined, { signal: stop.signal })) answer.read(16_384)
    }
    const sipping = sip().catch(() => undefined)
    await until('it is cut off', async () => (await brittle.printing()) === 1)
    stop.abort()
    await sipping
    answer.resume()
    if (!answer.closed) await new Promise(resolve => answer.once('close', resolve))
    assert.equal(answer.complete, false)
    assert.equal(await brittle.printing(), 1)
    waiting.abort()
    await until('nobody prints', async () => (await brittle.printing()) === 0)
  },
}
