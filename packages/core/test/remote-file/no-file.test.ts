// A response without a file is reported in one sentence, with whether a retry may help.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { faultOf, remoteFixture } from '../fixtures/remote-fixture.ts'

const harness = remoteFixture()

const allow = ['127.0.0.1/32:*']
const at = (port: number, path = '/users.csv') => `http://127.0.0.1:${port}${path}`

describe('responses without a file', () => {
  test.each([
    [201, false],
    [204, false],
    [206, false],
    [304, false],
    [400, false],
    [401, false],
    [403, false],
    [404, false],
    [410, false],
    [429, true],
    [500, true],
    [503, true],
  ])('a status of %d is reported', async (status, retryable) => {
    const server = await harness.serve((_request, response) => response.writeHead(status).end())
    expect(await faultOf(harness.open(at(server.port), { allow }))).toEqual([
      'SOURCE_UNAVAILABLE',
      retryable,
      expect.stringContaining(`with status ${status} instead of the file`),
    ])
  })

  test.each(['br', 'deflate', 'gzip, gzip', 'zstd'])('a body in %s', async coding => {
    const server = await harness.serve((_request, response) =>
      response.writeHead(200, { 'content-encoding': coding }).end('x'),
    )
    expect(await faultOf(harness.open(at(server.port), { allow }))).toEqual([
      'SOURCE_UNAVAILABLE',
      false,
      expect.stringContaining('an unsupported content encoding'),
    ])
  })

  test('a server that does not speak HTTP', async () => {
    const server = createServer(socket => socket.resume().end('SSH-2.0-OpenSSH_9.9\r\n'))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as { port: number }
    const fault = await faultOf(harness.open(at(port), { allow }))
    server.close()
    expect(fault).toEqual([
      'SOURCE_UNAVAILABLE',
      false,
      expect.stringContaining('does not respond with HTTP'),
    ])
  })

  test('a server that does not exist', async () => {
    const server = await harness.serve(() => undefined)
    await server.stop()
    expect(await faultOf(harness.open(at(server.port), { allow }))).toEqual([
      'SOURCE_UNAVAILABLE',
      true,
      expect.stringContaining('cannot be reached'),
    ])
  })
})
