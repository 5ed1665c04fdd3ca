// Caller names at their limits: which are accepted, and how the others are rejected.
import { expect, test } from 'vitest'
import { readCaller } from '../../../src/engine/resource/caller.ts'

test.each([
  [{ tenant: '7' }, { tenant: '7' }],
  [{ tenant: undefined, principal: 'ann' }, { principal: 'ann' }],
  [
    { tenant: 'x'.repeat(255), principal: ' ' },
    { tenant: 'x'.repeat(255), principal: ' ' },
  ],
  [{}, undefined],
  [{ tenant: undefined, principal: undefined }, undefined],
])('%o become the caller %o', (options, caller) => {
  expect(readCaller(options)).toEqual(caller)
})

test.each([
  [{ tenant: '' }, 'tenant'],
  [{ tenant: '7', principal: '' }, 'principal'],
  [{ tenant: 'x'.repeat(256) }, 'tenant'],
  [{ principal: 'a\0b' }, 'principal'],
  [{ principal: 'a\ud800' }, 'principal'],
])('%j are rejected, naming the option', (options, name) => {
  expect(() => readCaller(options)).toThrow(
    expect.objectContaining({
      code: 'OPTION_INVALID',
      message: `The option "${name}" must be a text of 1 to 255 characters.`,
    }),
  )
})
