import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { Caller } from '../../../../src/engine/resource/definition.ts'
import { createConcurrencyLimiter } from '../../../../src/http/admission/concurrency-limiter.ts'
import type { HttpRequest } from '../../../../src/http/wire/message.ts'

const from = (remoteAddress?: string, caller?: Caller) =>
  ({ remoteAddress, access: { caller } }) as unknown as HttpRequest

const places = (all: number, perCaller: number) =>
  createConcurrencyLimiter({ all, perCaller, code: 'TOO_MANY_UPLOADS', what: 'uploads' })

/** Work that ends when the test says so. */
function held() {
  const ends: (() => void)[] = []
  const work = () =>
    new Promise<{ status: number; headers: object }>(resolve => {
      ends.push(() => resolve({ status: 202, headers: {} }))
    }) as Promise<{ status: number; headers: Record<string, string> }>
  return { work, end: () => ends.shift()?.() }
}

const tooMany = { code: 'TOO_MANY_UPLOADS' }

test('a caller has some slots, all callers together have more, and the answers differ', async () => {
  const room = places(3, 2)
  const { work, end } = held()
  const first = room.withSlot(from('a'), work)
  const others = [room.withSlot(from('a'), work), room.withSlot(from('b'), work)]
  await expect(room.withSlot(from('a'), work)).rejects.toMatchObject({
    ...tooMany,
    message: 'You have 2 uploads under way, and may have no more; wait until one ends.',
  })
  await expect(room.withSlot(from('b'), work)).rejects.toMatchObject({
    ...tooMany,
    message: 'The server has no room for more uploads; try again shortly.',
  })
  end()
  await first
  others.push(room.withSlot(from('a'), work))
  await expect(room.withSlot(from('c'), work)).rejects.toMatchObject(tooMany)
  for (let count = 0; count < 3; count++) end()
  await Promise.all(others)
})

test('a principal counts wherever it comes from, and one of another tenant is another', async () => {
  const room = places(9, 1)
  const { work, end } = held()
  const ann = room.withSlot(from('a', { tenant: 't', principal: 'ann' }), work)
  await expect(room.withSlot(from('b', { tenant: 't', principal: 'ann' }), work)).rejects.toMatchObject(
    tooMany,
  )
  const others = [
    room.withSlot(from('a', { tenant: 'u', principal: 'ann' }), work),
    room.withSlot(from('a', { principal: 'ann' }), work),
    room.withSlot(from('a'), work),
  ]
  for (let count = 0; count < 4; count++) end()
  await Promise.all([ann, ...others])
})

test('an unknown caller has only the global limit', async () => {
  const room = places(2, 1)
  const { work, end } = held()
  const both = [room.withSlot(from(), work), room.withSlot(from(), work)]
  await expect(room.withSlot(from(), work)).rejects.toMatchObject(tooMany)
  end()
  end()
  await Promise.all(both)
})

test('a failure releases the slot', async () => {
  const room = places(1, 1)
  const broken = async () => {
    throw new Error('broken')
  }
  for (let count = 0; count < 3; count++)
    await expect(room.withSlot(from('a'), broken)).rejects.toThrow('broken')
})

test.each([
  ['read to its end', (body: PassThrough) => body.end().resume()],
  ['destroyed', (body: PassThrough) => body.destroy()],
  ['broken', (body: PassThrough) => body.on('error', () => undefined).destroy(new Error('broken'))],
])('a slot is held while the answer is sent, until it is %s', async (_, close) => {
  const room = places(1, 1)
  const body = new PassThrough()
  const answer = async () => ({ status: 200, headers: {}, body })
  await room.withSlot(from('a'), answer)
  await expect(room.withSlot(from('a'), answer)).rejects.toMatchObject(tooMany)
  close(body)
  await expect
    .poll(() =>
      room
        .withSlot(from('a'), async () => ({ status: 200, headers: {} }))
        .then(
          () => 'free',
          () => 'taken',
        ),
    )
    .toBe('free')
})
