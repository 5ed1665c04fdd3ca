// A remote file comes whole and of one version, or there is a sentence that says why not (F23).
import { describe, expect, test } from 'vitest'
import { FileChangedError } from '../../src/engine/source/remote/remote-file.ts'
import { bytesOf, faultOf, lines, remoteFixture, sendPart } from '../fixtures/remote-fixture.ts'

const harness = remoteFixture()
const whole = lines(50_000)
const half = whole.length / 2

const allow = ['127.0.0.1/32:*']
const at = (port: number, path = '/users.csv') => `http://127.0.0.1:${port}${path}`

describe('a server whose connection breaks midway', () => {
  test('is asked for the rest of the same version', async () => {
    const server = await harness.serve((request, response) => {
      const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
      const rest = whole.slice(start)
      const range = start > 0 && { 'content-range': `bytes ${start}-${whole.length - 1}/${whole.length}` }
      response.writeHead(start > 0 ? 206 : 200, { etag: '"v1"', 'content-length': rest.length, ...range })
      if (start < half * 1.5) void sendPart(response, rest.slice(0, half / 2))
      else response.end(rest)
    })
    const file = await harness.open(at(server.port), { allow })
    expect(await bytesOf(file)).toBe(whole)
    const [first, ...more] = server.requests.map(({ headers }) => [
      headers.range,
      String(headers['if-range']),
    ])
    expect(first).toEqual([undefined, 'undefined'])
    expect(more.length).toBeGreaterThanOrEqual(2)
    expect(more.every(([range, etag]) => /^bytes=[1-9]\d*-$/.test(range ?? '') && etag === '"v1"')).toBe(true)
  })

  test('and is down for a moment is waited for', async () => {
    const respond: Parameters<typeof harness.serve>[0] = (request, response) => {
      const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
      const range = start > 0 && { 'content-range': `bytes ${start}-${whole.length - 1}/${whole.length}` }
      response.writeHead(start > 0 ? 206 : 200, {
        etag: '"v1"',
        'content-length': whole.length - start,
        ...range,
      })
      if (start === 0) response.write(whole.slice(0, half))
      else response.end(whole.slice(start))
    }
    const server = await harness.serve(respond)
    const file = await harness.open(at(server.port), { allow, pauseMs: 50 })
    const chunks = file.chunks()
    const read = [(await chunks.next()).value]
    await server.stop()
    const again = harness.serve(respond, server.port)
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) read.push(next.value)
    expect(Buffer.concat(read as Buffer[]).toString()).toBe(whole)
    expect((await again).requests[0]?.headers.range).toMatch(/^bytes=\d+-$/)
  })

  test.each([
    ['another version', 206, '"v2"', 0],
    ['the whole of it', 200, '"v1"', 0],
    ['the whole of another version', 200, '"v2"', 0],
    ['another place', 206, '"v1"', 7],
    ['no such range', 416, '"v1"', 0],
    ['a range without a version', 206, undefined, 0],
  ])('and then sends %s: the bytes read before are not mixed with it', async (_, status, etag, shift) => {
    const server = await harness.serve((request, response) => {
      const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
      if (start === 0) {
        response.writeHead(200, { etag: '"v1"', 'content-length': whole.length })
        return void sendPart(response, whole.slice(0, half))
      }
      const range = `bytes ${start + shift}-${whole.length - 1}/${whole.length}`
      const facts = status === 206 && { 'content-range': range }
      response.writeHead(status, { ...(etag && { etag }), ...facts })
      response.end(whole.slice(start + shift))
    })
    const file = await harness.open(at(server.port), { allow })
    await expect(bytesOf(file)).rejects.toBeInstanceOf(FileChangedError)
  })

  test.each([undefined, 'W/"v1"', 'v1'])(
    'and has no strong version (%s) is not asked for the rest',
    async etag => {
      const server = await harness.serve((_request, response) => {
        response.writeHead(200, { ...(etag && { etag }), 'content-length': whole.length })
        void sendPart(response, whole.slice(0, half))
      })
      await expect(bytesOf(await harness.open(at(server.port), { allow }))).rejects.toBeInstanceOf(
        FileChangedError,
      )
      expect(server.requests.length).toBe(1)
    },
  )

  test('and does not state where the rest ends is checked against the total size', async () => {
    const server = await harness.serve((request, response) => {
      const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
      if (start === 0) {
        response.writeHead(200, { etag: '"v1"', 'content-length': whole.length })
        return void sendPart(response, whole.slice(0, half))
      }
      const part = whole.slice(start, start < half * 1.2 ? start + half / 2 : undefined)
      const range = `Content-Range: bytes ${start}-${whole.length - 1}/${whole.length}`
      response.socket?.end(`HTTP/1.1 206 Partial Content\r\nETag: "v1"\r\n${range}\r\n\r\n${part}`)
    })
    const text = await bytesOf(await harness.open(at(server.port), { allow }))
    expect(text === whole).toBe(true)
    expect(server.requests.length).toBeGreaterThanOrEqual(3)
  })

  test('repeatedly is given up, to be tried later', async () => {
    const server = await harness.serve((request, response) => {
      const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
      const range = start > 0 && { 'content-range': `bytes ${start}-${whole.length - 1}/${whole.length}` }
      response.writeHead(start > 0 ? 206 : 200, {
        etag: '"v1"',
        'content-length': whole.length - start,
        ...range,
      })
      void sendPart(response, whole.slice(start, start + 1_000))
    })
    const file = await harness.open(at(server.port), { allow })
    expect(await faultOf(bytesOf(file))).toEqual([
      'SOURCE_UNAVAILABLE',
      true,
      expect.stringContaining('closed the connection before the end of the file'),
    ])
    expect(server.connections()).toBe(6)
  })
})

describe('the end of a file', () => {
  test('is marked by chunked encoding too', async () => {
    const server = await harness.serve((_request, response) => {
      response.write(whole.slice(0, 10))
      response.end(whole.slice(10))
    })
    expect(await bytesOf(await harness.open(at(server.port), { allow }))).toBe(whole)
  })

  test('of a chunked body that stops before its last chunk is not accepted', async () => {
    const server = await harness.serve((_request, response) => void sendPart(response, 'half'))
    await expect(bytesOf(await harness.open(at(server.port), { allow }))).rejects.toBeInstanceOf(
      FileChangedError,
    )
  })

  test('that only the end of the connection marks is not accepted', async () => {
    const server = await harness.serve((_request, response) => {
      response.socket?.end('HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n\r\na,b\n')
    })
    expect(await faultOf(harness.open(at(server.port), { allow }))).toEqual([
      'SOURCE_UNAVAILABLE',
      false,
      expect.stringContaining('does not say where the file ends'),
    ])
  })

  test('a Content-Length that is larger than the body means a broken file', async () => {
    const server = await harness.serve((_request, response) => {
      response.socket?.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\nETag: "x"\r\n\r\na,b\n')
    })
    const file = await harness.open(at(server.port), { allow })
    await expect(bytesOf(file)).rejects.toThrow()
  })

  test('one that is smaller ends the file there', async () => {
    const server = await harness.serve((_request, response) => {
      response.socket?.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\na,b\n1,2\n')
    })
    expect(await bytesOf(await harness.open(at(server.port), { allow }))).toBe('a,b\n')
  })

  test('two lengths, or a length and chunks, are not valid HTTP', async () => {
    for (const heads of [
      'Content-Length: 4\r\nContent-Length: 5',
      'Content-Length: 4\r\nTransfer-Encoding: chunked',
    ]) {
      const server = await harness.serve((_request, response) => {
        response.socket?.end(`HTTP/1.1 200 OK\r\n${heads}\r\n\r\n4\r\na,b\n\r\n0\r\n\r\n`)
      })
      expect(await faultOf(harness.open(at(server.port), { allow }))).toEqual([
        'SOURCE_UNAVAILABLE',
        false,
        expect.stringContaining('does not respond with HTTP'),
      ])
    }
  })
})
