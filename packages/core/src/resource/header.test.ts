// Headers: which field each column fills, and one sentence that names all that is wrong.
import { Type } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import { LadingError } from '../errors/lading-error.ts'
import { defineResource } from './define.ts'
import { mapHeader } from './header.ts'

const users = defineResource('users', {
  table: 'users',
  schema: Type.Object({
    id: Type.Optional(Type.String({ format: 'uuid' })),
    email: Type.String(),
    full_name: Type.String(),
    serial: Type.Integer(),
  }),
  fields: {
    full_name: { aliases: ['Name', 'display name'] },
    serial: { readOnly: true },
  },
})

const map = (...header: (string | null)[]) => {
  const { columns, unknown } = mapHeader(users, header)
  return { columns: columns.map(field => field?.name), unknown }
}

function complaint(...header: (string | null)[]): string {
  try {
    mapHeader(users, header)
  } catch (error) {
    expect(error).toBeInstanceOf(LadingError)
    expect(error).toHaveProperty('code', 'HEADER_INVALID')
    return String((error as LadingError).message)
  }
  throw new Error('The header was accepted')
}

const known = 'Known columns: id, email, full_name, serial.'

describe('columns find their fields', () => {
  test.each<[name: string, header: string[], columns: (string | undefined)[], unknown: string[]]>([
    ['by name, in any order', ['full_name', 'email'], ['full_name', 'email'], []],
    ['without regard to case', ['EMAIL', 'Full_Name'], ['email', 'full_name'], []],
    ['with spaces around them', [' email ', '\tfull_name\n'], ['email', 'full_name'], []],
    ['with a byte order mark before them', ['\ufeffemail', 'full_name'], ['email', 'full_name'], []],
    ['by an alias', ['email', 'name'], ['email', 'full_name'], []],
    ['by an alias of two words', ['email', 'Display Name'], ['email', 'full_name'], []],
    [
      'while unknown ones are named',
      ['email', 'nick', 'full_name', 'x'],
      ['email', undefined, 'full_name', undefined],
      ['nick', 'x'],
    ],
    [
      'while a read-only one is left out without a word',
      ['serial', 'email', 'full_name'],
      [undefined, 'email', 'full_name'],
      [],
    ],
    [
      'while the error column of a rejects file is left out',
      ['lading_error', 'email', 'full_name'],
      [undefined, 'email', 'full_name'],
      [],
    ],
    [
      'while LADING_ERROR is left out too',
      ['LADING_ERROR', 'email', 'full_name'],
      [undefined, 'email', 'full_name'],
      [],
    ],
    [
      'while names of object members are unknown like any other',
      ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'email', 'full_name'],
      [undefined, undefined, undefined, undefined, 'email', 'full_name'],
      ['__proto__', 'constructor', 'toString', 'hasOwnProperty'],
    ],
    [
      'while an unknown one may repeat',
      ['x', 'x', 'email', 'name'],
      [undefined, undefined, 'email', 'full_name'],
      ['x', 'x'],
    ],
  ])('%s', (_, header, columns, unknown) => {
    expect(map(...header)).toEqual({ columns, unknown })
  })
})

describe('headers that do not fit', () => {
  test.each<[name: string, header: (string | null)[], message: string]>([
    ['a missing column', ['email'], `The header does not fit users: column "full_name" is missing. ${known}`],
    [
      'all missing columns at once',
      ['id'],
      `The header does not fit users: column "email" is missing; column "full_name" is missing. ${known}`,
    ],
    [
      'a mistyped column, with the one that was meant',
      ['emial', 'full_name'],
      `The header does not fit users: column "email" is missing (did you mean "emial"?). ${known}`,
    ],
    [
      'an empty name',
      ['email', null, 'name'],
      `The header does not fit users: column 2 has no name. ${known}`,
    ],
    [
      'a name of spaces',
      ['email', 'name', ' '],
      `The header does not fit users: column 3 has no name. ${known}`,
    ],
    [
      'a quoted empty name',
      ['', 'email', 'name'],
      `The header does not fit users: column 1 has no name. ${known}`,
    ],
    [
      'a repeated column',
      ['email', 'name', 'EMAIL '],
      `The header does not fit users: columns "email" and "EMAIL" both stand for "email". ${known}`,
    ],
    [
      'a column and its alias',
      ['email', 'full_name', 'Name'],
      `The header does not fit users: columns "full_name" and "Name" both stand for "full_name". ${known}`,
    ],
    [
      'a read-only column twice',
      ['email', 'name', 'serial', 'serial'],
      `The header does not fit users: columns "serial" and "serial" both stand for "serial". ${known}`,
    ],
  ])('%s', (_, header, message) => {
    expect(complaint(...header)).toBe(message)
  })

  test.each<[name: string, header: string, hint: string]>([
    ['a semicolon', 'email;full_name', 'The columns seem to be separated by ";"; set the delimiter.'],
    ['a TAB', 'email\tfull_name', 'The columns seem to be separated by TAB; set the delimiter.'],
    ['a bar', 'email|full_name', 'The columns seem to be separated by "|"; set the delimiter.'],
  ])('one column that holds %s hints at the delimiter', (_, header, hint) => {
    expect(complaint(header)).toContain(` ${hint} ${known}`)
  })

  test('a semicolon among several columns is no hint', () => {
    expect(complaint('a;b', 'email')).not.toContain('delimiter')
  })

  test('a hostile name is not repeated in the message', () => {
    expect(complaint('x'.repeat(100_000)).length).toBeLessThan(300)
  })
})
