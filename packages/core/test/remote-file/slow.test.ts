// A remote file that is too slow is given up; and a signal ends it at once, whatever it waits for.
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { bytesOf, faultOf, lines, remoteFixture } from '../fixtures/remote-fixture.ts'

const harness = remoteFixture()

const allow = ['127.0.0.1/32:*']
const at = (port: number, path = '/users.csv') => `http://127.0.0.1:${port}${path}`

describe('a slow server', () => {
  const slowly = { allow, minBytesPerSecond: 1_000, rateSeconds: 0.2 }

  test('that falls silent is given up', async () => {
    const server = await harness.serve((_request, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 })
      response.write('a,b\n')
    })
    expect(await faultOf(bytesOf(await harness.open(at(server.port), slowly)))).toEqual([
      'SOURCE_UNAVAILABLE',
      true,
      'The server of the file sent less than 1000 bytes a second for 0.2 seconds; try again when it is faster.',
    ])
  })

  test('that sends too slowly is given up as well', async () => {
    const server = await harness.serve((_request, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 })
      const timer = setInterval(() => response.write('x'), 10)
      response.once('close', () => clearInterval(timer))
    })
    expect(await faultOf(bytesOf(await harness.open(at(server.port), slowly)))).toEqual([
      'SOURCE_UNAVAILABLE',
      true,
      expect.stringContaining('less than 1000 bytes a second'),
    ])
  })

  test('that takes longer than the maximum duration is given up, whatever its rate', async () => {
    const server = await harness.serve((_request, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write('x'.repeat(1_000)), 5)
      response.once('close', () => clearInterval(timer))
    })
    expect(await faultOf(harness.open(at(server.port), { allow, maxSeconds: 0.3 }).then(bytesOf))).toEqual([
      'SOURCE_UNAVAILABLE',
      false,
      expect.stringContaining('did not arrive within 0.3 seconds'),
    ])
  })

  test('that does not start to respond is given up', async () => {
    const server = await harness.serve(() => undefined)
    expect(await faultOf(harness.open(at(server.port), { allow, answerSeconds: 0.2 }))).toEqual([
      'SOURCE_UNAVAILABLE',
      true,
      expect.stringContaining('does not answer'),
    ])
  })
})

describe('a signal ends it at once', () => {
  const reason = new Error('enough')

  test('while a name is resolved', async () => {
    const stop = new AbortController()
    const opened = harness.open(
      'http://a.example.org/',
      { lookup: () => new Promise(() => undefined) },
      stop.signal,
    )
    stop.abort(reason)
    await expect(opened).rejects.toBe(reason)
  })

  test('while it waits for a response', async () => {
    const stop = new AbortController()
    const server = await harness.serve(request => {
      request.socket.once('close', () => closed())
      stop.abort(reason)
    })
    let closed = () => undefined as unknown
    const gone = new Promise(resolve => {
      closed = () => resolve(true)
    })
    await expect(harness.open(at(server.port), { allow }, stop.signal)).rejects.toBe(reason)
    expect(await gone).toBe(true)
  })

  test('while the body is silent', async () => {
    const stop = new AbortController()
    const server = await harness.serve((_request, response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('a')
    })
    const file = await harness.open(at(server.port), { allow }, stop.signal)
    const chunks = file.chunks()
    await chunks.next()
    const next = chunks.next()
    stop.abort(reason)
    await expect(next).rejects.toBe(reason)
  })
})

describe('a reader that is slower than its server', () => {
  // Sizes at which the last bytes and the end of the connection arrive while the reader is idle.
  const sizes = [145_000, 179_000, 349_000, 366_000]
  test.each(
    sizes.flatMap(size =>
      (['close', 'keep-alive'] as const).flatMap(connection =>
        [true, false].map(isAnnounced => ({ size, connection, isAnnounced })),
      ),
    ),
  )(
    'receives all $size bytes at once: $connection, announced: $isAnnounced',
    async ({ size, connection, isAnnounced }) => {
      const whole = lines(40_000).slice(0, size)
      const server = await harness.serve((_request, response) => {
        response.writeHead(200, { connection, ...(isAnnounced && { 'content-length': size }) })
        response.end(whole, () => response.socket?.end())
      })
      const file = await harness.open(at(server.port), { allow })
      const read: Buffer[] = []
      for await (const chunk of file.chunks()) {
        read.push(chunk)
        // As long as a disk may take.
        await delay(10)
      }
      expect(Buffer.concat(read).toString()).toBe(whole)
      expect(server.requests.length).toBe(1)
    },
  )
})
