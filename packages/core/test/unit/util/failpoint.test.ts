import { afterEach, expect, test } from 'vitest'
import { failpoint, setFailpoints } from '../../../src/util/failpoint.ts'

afterEach(() => setFailpoints(undefined))

test('a failpoint tells its name to the hook that is set, and to nobody when there is none', () => {
  const passed: string[] = []
  failpoint('after_claim')
  setFailpoints(name => passed.push(name))
  failpoint('before_done')
  setFailpoints(undefined)
  failpoint('after_last_batch')
  expect(passed).toEqual(['before_done'])
})

test('what the hook throws ends the work that came past it', () => {
  setFailpoints(() => {
    throw new Error('here')
  })
  expect(() => failpoint('after_claim')).toThrow('here')
})
