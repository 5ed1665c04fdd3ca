import { describe, expect, test } from 'vitest'
import { LadingError } from '../../../../src/errors/lading-error.ts'
import { callerOf, checkedCaller } from '../../../../src/http/admission/request-caller.ts'

function codeOf(work: () => unknown): string {
  try {
    return JSON.stringify(work())
  } catch (error) {
    return error instanceof LadingError ? error.code : String(error)
  }
}

describe('the user that the host has determined', () => {
  test.each([
    ['ann', { principal: 'ann' }],
    [
      { tenant: 't', principal: 'ann' },
      { tenant: 't', principal: 'ann' },
    ],
    [{ tenant: 't', roles: ['admin'] }, { tenant: 't' }],
    [{ id: 7, email: 'ann@example.org' }, undefined],
    [{}, undefined],
    [undefined, undefined],
    [null, undefined],
  ])('%j gives the caller %j', (principal, caller) => {
    expect(callerOf(principal)).toEqual(caller)
  })

  test.each([[{ tenant: 1 }], [{ tenant: null }], [{ tenant: '' }], [''], [['ann']], [true], [7]])(
    '%j is a fault, and does not mean "no caller"',
    principal => {
      expect(codeOf(() => callerOf(principal))).toBe('HOOK_FAILED')
    },
  )
})

describe('the value that authorize returns', () => {
  test.each([
    [{ tenant: 't' }, { tenant: 't' }],
    [{ principal: 'ann' }, { principal: 'ann' }],
    [{ tenant: 'x'.repeat(255), principal: undefined }, { tenant: 'x'.repeat(255) }],
    [{}, undefined],
  ])('%j gives the caller %j', (answer, caller) => {
    expect(checkedCaller(answer)).toEqual(caller)
  })

  test.each([
    [undefined],
    [null],
    [true],
    [false],
    ['t'],
    [['t']],
    [() => ({})],
    [{ tennant: 't' }],
    [{ tenant: 't', roles: [] }],
    [{ tenant: '' }],
    [{ tenant: null }],
    [{ tenant: 7 }],
    [{ tenant: 'a\0b' }],
    [{ tenant: 'a\ud800' }],
    [{ tenant: 'x'.repeat(256) }],
    [{ principal: {} }],
  ])('%j is a fault', answer => {
    expect(codeOf(() => checkedCaller(answer))).toBe('HOOK_FAILED')
  })
})
