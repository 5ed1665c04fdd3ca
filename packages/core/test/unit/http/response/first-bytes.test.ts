// A file response waits for its first bytes, so that an early failure has a status of its own.
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { waitForFirstBytes } from '../../../../src/http/response/download.ts'

const silent = () => new Readable({ read: () => undefined })

test('the first bytes are still in the stream', async () => {
  const stream = silent()
  const waiting = waitForFirstBytes(stream, new AbortController().signal)
  stream.push('row 1\n')
  stream.push(null)
  expect(await (await waiting).toArray()).toEqual([Buffer.from('row 1\n')])
})

test('an empty stream is a response too', async () => {
  const stream = silent()
  const waiting = waitForFirstBytes(stream, new AbortController().signal)
  stream.push(null)
  expect(await (await waiting).toArray()).toEqual([])
})

test('a failure before them is the error of the stream', async () => {
  const stream = silent()
  const waiting = waitForFirstBytes(stream, new AbortController().signal)
  const failure = new Error('the table is gone')
  stream.destroy(failure)
  await expect(waiting).rejects.toBe(failure)
})

test('a client that leaves before them ends the stream, and is no fault of the service', async () => {
  const stream = silent()
  const client = new AbortController()
  const waiting = waitForFirstBytes(stream, client.signal)
  client.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED', status: 499 })
  expect(stream.destroyed).toBe(true)
})
