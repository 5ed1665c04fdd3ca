// Any error that a hook throws or rejects with: it ends the operation if its answer is used, and otherwise has no effect.
import { once } from 'node:events'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isShortRun } from '../../../../test-support/run-length.ts'
import { LadingError } from '../../src/index.ts'
import { allHooks } from './all-hooks.ts'
import { anyHook, type Behaviour } from './hook-case.ts'
import { type HookHarness, hookBed } from './hook-harness.ts'

let harness: HookHarness
beforeAll(async () => {
  harness = await hookBed(30)
})
beforeEach(() => harness.reset())
afterAll(() => harness.drop())

const secret = 'connect postgres://someone:secret@10.0.0.3/directory failed'

const raise = (what: unknown): never => {
  throw what
}
const error = () => raise(new Error(secret))
const thenable: object = Object.fromEntries([['then', error]])
const reported = expect.objectContaining({ message: secret })

const inShort = ['throws', 'rejects later']

/** Ways to fail: with an error, with something else, with nothing; at once or later. */
const ways: Readonly<Record<string, { behaviour: Behaviour; cause: unknown }>> = {
  throws: { behaviour: error, cause: reported },
  'throws nothing': { behaviour: () => raise(undefined), cause: undefined },
  'rejects later': { behaviour: () => new Promise(setImmediate).then(error), cause: reported },
  'is a thenable that throws': { behaviour: () => thenable, cause: reported },
}

describe.each(allHooks)(
  '$name',
  ({ kind, code = 'HOOK_FAILED', good, result, use, isLog = false, unharmed }) => {
    test('a hook that returns normally, with or without a promise, causes no error', async () => {
      const calls: unknown[] = []
      const hook: Behaviour = (...given) => {
        calls.push(given)
        return good(...given)
      }
      expect(await use(harness, anyHook(hook))).toMatchObject({ code: unharmed, result })
      expect(calls.length).toBeGreaterThan(0)
      if (kind === 'at once') return
      await harness.reset()
      const later = anyHook(async (...given) => good(...given))
      expect(await use(harness, later)).toMatchObject({ code: unharmed, result })
    })

    test.each(Object.entries(ways).filter(([way]) => !isShortRun || inShort.includes(way)))(
      'it %s',
      async (way, { behaviour, cause }) => {
        const warned = isLog ? once(process, 'warning') : undefined
        const outcome = await use(harness, anyHook(behaviour))
        expect(outcome.reported).not.toContain('secret')
        if (kind === 'listener') {
          expect(outcome).toMatchObject({ code: unharmed, result })
          if (warned !== undefined) {
            expect(await warned).toMatchObject([{ code: 'LADING_HOOK_FAILED' }])
            return
          }
          await expect.poll(() => outcome.log.length).toBeGreaterThan(0)
          for (const fault of outcome.log) expect(fault).toMatchObject({ code: 'HOOK_FAILED', cause })
          return
        }
        expect(outcome.code).toBe(code)
        const fault = outcome.log.find(one => one instanceof LadingError)
        expect(fault).toBeInstanceOf(LadingError)
        // The message of a promise returned in place of an answer is not used.
        const isPromise = kind === 'at once' && !way.startsWith('throws')
        expect(rootOf(fault)).toEqual(isPromise ? expect.anything() : (cause ?? expect.anything()))
      },
    )
  },
)

/** The root cause of the faults. */
function rootOf(fault: unknown): unknown {
  return fault instanceof LadingError && fault.cause !== undefined ? rootOf(fault.cause) : fault
}
