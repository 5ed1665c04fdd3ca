import { expect, test } from 'vitest'
import { callerOf } from './caller.ts'

test.each([
  ['ann', { principal: 'ann' }],
  [
    { tenant: 't', principal: 'ann' },
    { tenant: 't', principal: 'ann' },
  ],
  [{ tenant: 't', roles: ['admin'] }, { tenant: 't' }],
  [{ tenant: 1, principal: null }, undefined],
  [{}, undefined],
  [['ann'], undefined],
  [undefined, undefined],
  [null, undefined],
  [true, undefined],
])('%j asks as %j', (principal, caller) => {
  expect(callerOf({ principal })).toEqual(caller)
})
