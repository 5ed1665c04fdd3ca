import { afterEach, expect, test } from 'vitest'
import { failpoint, setFailpoints } from '../../../src/util/failpoint.ts'

afterEach(() => setFailpoints(undefined))

test('a failpoint passes its name to the hook that is set, and does nothing without one', () => {
  const passed: string[] = []
  failpoint('after_claim')
  setFailpoints(name => passed.push(name))
  failpoint('before_done')
  setFailpoints(undefined)
  failpoint('after_last_batch')
  expect(passed).toEqual(['before_done'])
})

test('an error of the hook ends the work that reached the failpoint', () => {
  setFailpoints(() => {
    throw new Error('here')
  })
  expect(() => failpoint('after_claim')).toThrow('here')
})
