// A resolver of the application that breaks: nothing is connected to, and the fault says so in time.
import { expect, test } from 'vitest'
import type { RemoteOptions } from '../../src/index.ts'
import { remoteFixture } from '../fixtures/remote-fixture.ts'

const harness = remoteFixture()

async function broken(lookup: (...asked: unknown[]) => unknown, signal?: AbortSignal) {
  const server = await harness.serve((_request, response) => response.end('a,b\n'))
  const options = { allow: [`127.0.0.1:${server.port}`], connectSeconds: 1, maxSeconds: 600 }
  const own = { ...options, lookup: lookup as NonNullable<RemoteOptions['lookup']> }
  const fault = await harness
    .open(`http://files.example.org:${server.port}/users.csv`, own, signal)
    .catch((error: unknown) => error)
  expect(server.connections()).toBe(0)
  return fault
}

const secret = new Error('the resolver at 10.0.0.3')

test.each([
  () => {
    throw secret
  },
  () => Promise.reject(secret),
])('an error that it throws or rejects with is the cause, and a retry may help', async lookup => {
  expect(await broken(lookup)).toMatchObject({
    code: 'SOURCE_UNAVAILABLE',
    retryable: true,
    cause: secret,
    message: expect.not.stringContaining('10.0.0.3'),
  })
})

test('one that never answers is waited for as long as a connection is', async () => {
  expect(await broken(() => new Promise(() => undefined))).toMatchObject({
    code: 'SOURCE_UNAVAILABLE',
    cause: { message: expect.stringContaining('did not answer within 1 seconds') },
  })
})

test('a cancelled fetch does not wait for it either', async () => {
  const cancelling = new AbortController()
  const reason = new Error('cancelled')
  const lookup = () => {
    setImmediate(() => cancelling.abort(reason))
    return new Promise(() => undefined)
  }
  expect(await broken(lookup, cancelling.signal)).toBe(reason)
})

test.each([undefined, null, '127.0.0.1', { length: 1 }, [undefined], [{ address: '127.0.0.1' }]])(
  '%j is not a list of addresses',
  async answer => {
    expect(await broken(async () => answer)).toMatchObject({ code: 'HOOK_FAILED', retryable: false })
  },
)

test.each([[], ['here'], ['127.0.0.1\r\nHost: x']])('%j are not allowed addresses', async (...answer) => {
  expect(await broken(async () => answer)).toMatchObject({ code: 'URL_NOT_ALLOWED' })
})
