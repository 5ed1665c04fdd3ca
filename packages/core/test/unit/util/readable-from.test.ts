// Streams over generators: destroyed at once, even while the generator waits, and opened only when read.
import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { openOnRead } from '../../../src/util/open-when-read.ts'
import { readableFrom } from '../../../src/util/readable-from.ts'

test('yields the chunks of the generator, and does not call stop before the end', async () => {
  let stops = 0
  async function* chunks() {
    yield Buffer.from('a')
    yield Buffer.from('b')
  }
  expect(await text(readableFrom(chunks(), () => stops++))).toBe('ab')
})

test('destroying it calls stop, and then closes the generator', async () => {
  let isClosed = false
  const source = new PassThrough()
  async function* chunks() {
    try {
      for await (const chunk of source) yield chunk
    } finally {
      isClosed = true
    }
  }
  const stream = readableFrom(chunks(), () => source.destroy())
  stream.read()
  await new Promise(resolve => setImmediate(resolve))
  stream.destroy()
  expect(source.destroyed).toBe(true)
  await expect.poll(() => isClosed).toBe(true)
})

test('an error of the generator is the error of the stream', async () => {
  async function* chunks() {
    yield Buffer.from('a')
    throw new Error('broke')
  }
  await expect(text(readableFrom(chunks(), () => undefined))).rejects.toThrow('broke')
})

test('nothing is opened for a stream that is never read', async () => {
  let opened = 0
  const stream = openOnRead(async () => {
    opened++
    return Readable.from([Buffer.from('a')])
  })
  stream.destroy()
  await once(stream, 'close')
  expect(opened).toBe(0)
})

test('a source that opens after the reader has left is closed at once', async () => {
  const source = new PassThrough()
  let open: (stream: Readable) => void = () => undefined
  const stream = openOnRead(() => new Promise(resolve => (open = resolve)))
  stream.read()
  await new Promise(resolve => setImmediate(resolve))
  stream.destroy()
  open(source)
  await expect.poll(() => source.destroyed).toBe(true)
})

test('the source is closed as soon as the reader leaves, even before its first byte', async () => {
  const source = new PassThrough()
  const stream = openOnRead(async () => source)
  stream.read()
  await new Promise(resolve => setImmediate(resolve))
  stream.destroy()
  expect(source.destroyed).toBe(true)
})

test('an error of opening is the error of the stream', async () => {
  const stream = openOnRead(() => Promise.reject(new Error('refused')))
  await expect(text(stream)).rejects.toThrow('refused')
})
