// gzip output: flushed early, complete, and broken where its source is.
import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { finished } from 'node:stream/promises'
import { constants, createGunzip, gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { gzipStream } from '../../../src/engine/format/text/gzip.ts'

/** The part that can be decompressed so far. */
async function inflated(bytes: Buffer): Promise<string> {
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH })
  gunzip.end(bytes)
  return (await buffer(gunzip)).toString()
}

test('decompressing the output gives the input', async () => {
  const parts = Array.from({ length: 500 }, (_, index) => Buffer.from(`row ${index} of a file\n`.repeat(200)))
  const whole = await buffer(gzipStream(Readable.from(parts, { objectMode: false })))
  expect(gunzipSync(whole).equals(Buffer.concat(parts))).toBe(true)
  expect(whole.length).toBeLessThan(Buffer.concat(parts).length / 10)
})

test('empty input gives an empty gzip file', async () => {
  const whole = await buffer(gzipStream(Readable.from([])))
  expect(whole.subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]))
  expect(gunzipSync(whole)).toHaveLength(0)
})

test('the first bytes are sent at once, and later ones when the source is idle', async () => {
  const source = new PassThrough()
  const stream = gzipStream(source)
  let received = Buffer.alloc(0)
  stream.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
  })
  source.write('first\n')
  await expect.poll(() => inflated(received)).toBe('first\n')
  source.write('second\n')
  source.write('third\n')
  await expect.poll(() => inflated(received)).toBe('first\nsecond\nthird\n')
  source.end('end\n')
  await once(stream, 'end')
  expect(gunzipSync(received).toString()).toBe('first\nsecond\nthird\nend\n')
})

test('an error of the source destroys it, and the output before has no valid end', async () => {
  const stream = gzipStream(
    Readable.from(
      (async function* () {
        yield Buffer.from('good\n')
        await new Promise(resolve => setImmediate(resolve))
        throw new Error('went away')
      })(),
      { objectMode: false },
    ),
  )
  const parts: Buffer[] = []
  stream.on('data', (chunk: Buffer) => parts.push(chunk))
  const [error] = await once(stream, 'error').catch((thrown: unknown) => [thrown])
  expect(error).toMatchObject({ message: 'went away' })
  expect(() => gunzipSync(Buffer.concat(parts))).toThrow()
})

test('an error before the first byte is reported first', async () => {
  const failing = new Readable({
    read() {
      this.destroy(new Error('refused'))
    },
  })
  await expect(once(gzipStream(failing), 'readable')).rejects.toThrow('refused')
})

test('a reader that leaves destroys the source', async () => {
  const source = new PassThrough()
  const stream = gzipStream(source)
  source.write('first\n')
  await once(stream, 'readable')
  stream.destroy()
  await finished(source).catch(() => undefined)
  expect(source.destroyed).toBe(true)
})
