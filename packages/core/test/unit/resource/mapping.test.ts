// Mappings that are rejected before a file is read, and names of any length in a message.
import { Type } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import { defineResource } from '../../../src/engine/resource/define.ts'
import { checkMapping } from '../../../src/engine/resource/mapping/header.ts'
import { quoteName } from '../../../src/engine/resource/mapping/mapping.ts'

const users = defineResource('users', {
  table: 'users',
  schema: Type.Object({ email: Type.String(), full_name: Type.String() }),
  fields: { full_name: { aliases: ['Name'] } },
})

describe('a mapping that cannot work is OPTION_INVALID', () => {
  test.each<[name: string, mapping: Record<string, string>, message: string]>([
    [
      'to a mistyped field',
      { 'E-Mail': 'emial' },
      'The option mapping maps "E-Mail" to "emial", which is not a field of users; did you mean "email"?',
    ],
    [
      'to something else',
      { x: 'constructor' },
      'The option mapping maps "x" to "constructor", which is not a field of users.',
    ],
    ['to nothing', { x: '' }, 'The option mapping maps "x" to "", which is not a field of users.'],
    ['of no name', { ' ': 'email' }, 'The option mapping maps a name that is empty.'],
    [
      'of one name twice',
      { Mail: 'email', ' mail': 'name' },
      'The option mapping maps " mail" twice; map it once.',
    ],
    [
      'of names that look the same',
      { mail: 'email', 'ma\u200bil': 'name' },
      String.raw`The option mapping maps "ma\u200bil" twice; map it once.`,
    ],
    [
      'of two names to one field',
      { Mail: 'email', 'E-Mail': 'EMAIL' },
      'The option mapping maps both "Mail" and "E-Mail" to "EMAIL"; map one of them.',
    ],
    [
      'of two names to a field and its alias',
      { Wer: 'full_name', Name: 'Name' },
      'The option mapping maps both "Wer" and "Name" to "Name"; map one of them.',
    ],
  ])('%s', (_, mapping, message) => {
    expect(() => checkMapping(users, mapping)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message }),
    )
  })
})

test.each<[mapping: Record<string, string>]>([
  [{}],
  [{ 'E-Mail': 'email' }],
  [{ 'E-Mail': ' EMAIL ', Wer: 'name' }],
  [JSON.parse('{"__proto__":"email"}')],
])('%j is accepted', mapping => {
  expect(() => checkMapping(users, mapping)).not.toThrow()
})

test('a name in a message is cut', () => {
  expect(quoteName('x'.repeat(63))).toBe('x'.repeat(63))
  expect(quoteName('x'.repeat(64))).toBe(`${'x'.repeat(60)}…`)
})
