// Hooks that never answer: an operation that waits for them ends in time, or once it is cancelled; the others block nothing.
import { once } from 'node:events'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { fairClock } from '../../../../test-support/fair-clock.ts'
import { createExporter } from '../../src/index.ts'
import { allHooks } from './all-hooks.ts'
import { anyHook, type Behaviour } from './hook-case.ts'
import { type HookHarness, hookBed } from './hook-harness.ts'
import { caller, things } from './things.ts'

let hasty: HookHarness
let patient: HookHarness
beforeAll(async () => {
  hasty = await hookBed(1)
  patient = await hookBed(600)
})
beforeEach(() => Promise.all([hasty.reset(), patient.reset()]))
afterAll(() => Promise.all([hasty.drop(), patient.drop()]))

const never: Behaviour = () => new Promise(() => undefined)
const waitedFor = allHooks.filter(({ kind }) => kind === 'answer' || kind === 'within')

test('an operation that waits for a hook ends after hookTimeoutSeconds, and reports it', async () => {
  const outcomes = await Promise.all(
    waitedFor.map(async ({ name, code = 'HOOK_FAILED', use }) => {
      const outcome = await use(hasty, anyHook(never))
      return { name, isAsExpected: outcome.code === code, log: JSON.stringify(outcome.log.map(wordsOf)) }
    }),
  )
  for (const { name, isAsExpected, log } of outcomes) {
    expect({ name, isAsExpected, log }).toEqual({
      name,
      isAsExpected: true,
      log: expect.stringContaining('did not answer within 1 seconds (hookTimeoutSeconds)'),
    })
  }
})

/** A fault's sentence, and those of what it was made of. */
function wordsOf(fault: unknown): readonly string[] {
  return fault instanceof Error ? [fault.message, ...wordsOf(fault.cause)] : []
}

test('a run that is cancelled does not wait for them', async () => {
  const runs = waitedFor.filter(({ use }) => use.length === 3)
  expect(runs.map(({ name }) => name)).toEqual([
    'lookUp',
    'scope of an import',
    'sessionVariables of an importer',
    'onError of a run',
    'onProgress of a run',
  ])
  for (const { name, use } of runs) {
    const cancelling = new AbortController()
    const clock = fairClock()
    const outcome = await use(
      patient,
      anyHook(() => {
        setImmediate(() => cancelling.abort())
        return never()
      }),
      cancelling.signal,
    )
    expect([name, outcome.code]).toEqual([name, 'CANCELLED'])
    expect(clock()).toBeLessThan(1_000)
    await patient.reset()
  }
})

test.each(['scope', 'sessionVariables', 'onRows', 'onProgress'] as const)(
  'an export whose reader leaves does not wait for %s',
  async name => {
    const { pool } = patient.database
    let call = () => {}
    const called = new Promise<void>(resolve => {
      call = resolve
    })
    const hook = anyHook(() => {
      call()
      return never()
    })
    const exporter = createExporter({
      pool,
      resources: [things(name === 'scope' ? { scope: hook } : {})],
      ...(name === 'sessionVariables' && { sessionVariables: hook }),
    })
    const stream = exporter.stream({ resource: 'things', format: 'ndjson', caller, [name]: hook })
    stream.resume()
    await called
    stream.destroy()
    await once(stream, 'close')
    await expect.poll(() => pool.totalCount - pool.idleCount).toBe(0)
  },
)

test('a request whose client leaves does not wait for authorize', async () => {
  const leaving = new AbortController()
  const authorize = anyHook(() => {
    setImmediate(() => leaving.abort())
    return never()
  })
  const clock = fairClock()
  const asked = patient.asking('/v1/imports', { authorize }, undefined, leaving.signal)
  // It ends when the server has no request in flight any more.
  await expect(asked).rejects.toThrow('aborted')
  expect(clock()).toBeLessThan(1_000)
})

test.each(allHooks.filter(({ kind }) => kind === 'listener'))(
  '$name does not block anything',
  async ({ result, unharmed, use }) => {
    expect(await use(patient, anyHook(never))).toMatchObject({ code: unharmed, result })
  },
)
