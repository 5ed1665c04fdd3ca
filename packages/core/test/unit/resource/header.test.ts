// Headers: which field each column fills, and one message that names all problems.
import { Type } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import { defineResource } from '../../../src/engine/resource/define.ts'
import { type HeaderOptions, mapHeader } from '../../../src/engine/resource/mapping/header.ts'
import { LadingError } from '../../../src/errors/lading-error.ts'

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

const mapWith = (options: HeaderOptions, ...header: (string | null)[]) => {
  const { columns, unknown } = mapHeader(users, header, options)
  return { columns: columns.map(field => field?.name), unknown }
}

const map = (...header: (string | null)[]) => {
  return mapWith({}, ...header)
}

function complaint(...header: (string | null)[]): string {
  return complaintWith({}, ...header)
}

function complaintWith(options: HeaderOptions, ...header: (string | null)[]): string {
  try {
    mapHeader(users, header, options)
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
      ['constructor', 'toString', 'hasOwnProperty', 'email', 'full_name'],
      [undefined, undefined, undefined, 'email', 'full_name'],
      ['constructor', 'toString', 'hasOwnProperty'],
    ],
  ])('%s', (_, header, columns, unknown) => {
    expect(map(...header)).toEqual({ columns, unknown })
  })
})

describe('a mapping', () => {
  test.each<
    [name: string, mapping: Record<string, string>, header: string[], columns: (string | undefined)[]]
  >([
    ['gives a column its field', { 'E-Mail': 'email' }, ['E-Mail', 'name'], ['email', 'full_name']],
    [
      'does not look at case and spaces',
      { ' e-mail ': ' EMAIL' },
      ['E-MAIL  ', 'name'],
      ['email', 'full_name'],
    ],
    ['may name an alias', { Wer: 'display name' }, ['Wer', 'email'], ['full_name', 'email']],
    ['comes before the name of a field', { id: 'email' }, ['id', 'name'], ['email', 'full_name']],
    [
      'may swap two names',
      { email: 'full_name', full_name: 'email' },
      ['email', 'full_name'],
      ['full_name', 'email'],
    ],
    ['leaves the other columns alone', { x: 'id' }, ['email', 'x', 'name'], ['email', 'id', 'full_name']],
  ])('%s', (_, mapping, header, columns) => {
    expect(mapWith({ mapping }, ...header)).toEqual({ columns, unknown: [] })
  })

  test.each<[name: string, mapping: Record<string, string>, header: string[], message: string]>([
    [
      'a missing mapped column, with a suggestion',
      { 'E-Mail': 'email' },
      ['email', 'name', 'E_Mail'],
      `column "E-Mail" of the mapping is missing (did you mean "E_Mail"?). ${known}`,
    ],
    [
      'a mapped column next to the field itself',
      { 'E-Mail': 'email' },
      ['E-Mail', 'email', 'name'],
      `columns "E-Mail" and "email" both stand for "email". ${known}`,
    ],
  ])('%s', (_, mapping, header, message) => {
    expect(complaintWith({ mapping }, ...header)).toBe(`The header does not fit users: ${message}`)
  })
})

describe('unknown columns as errors', () => {
  const strict: HeaderOptions = { unknownColumns: 'error' }

  test('each is named, with a suggestion', () => {
    expect(complaintWith(strict, 'email', 'name', 'nick', 'ids', 'constructor')).toBe(
      `The header does not fit users: column "nick" is unknown; column "ids" is unknown (did you mean "id"?); column "constructor" is unknown. ${known}`,
    )
  })

  test('the error column, a read-only column and a mapped one are not unknown', () => {
    const options = { ...strict, mapping: { 'E-Mail': 'email' } }
    expect(mapWith(options, 'lading_error', 'serial', 'E-Mail', 'name').unknown).toEqual([])
  })
})

test('a lookup column satisfies a required field', () => {
  const [id, email, fullName, serial] = users.fields
  if (fullName === undefined || id === undefined || email === undefined || serial === undefined)
    throw new Error()
  const byName = { ...fullName, name: 'nick', aliases: [], index: 4, standsFor: fullName }
  const resource = { ...users, inputs: [...users.fields, byName] }
  expect(mapHeader(resource, ['email', 'nick']).columns).toEqual([email, byName])
  expect(() => mapHeader(users, ['email', 'nick'])).toThrow('column "full_name" is missing')
})

describe('headers with problems', () => {
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
      'the name that objects inherit from',
      ['__proto__', 'email', 'name'],
      `The header does not fit users: column "__proto__" cannot be imported; remove it. ${known}`,
    ],
    [
      'names with zero bytes',
      ['e\0m\0a\0i\0l\0', 'email', 'name', 'email'],
      `The header does not fit users: columns "email" and "email" both stand for "email". The names hold zero bytes, as UTF-16 without a byte order mark does; declare the encoding. ${known}`,
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
  ])('a single column that contains %s hints at the delimiter', (_, header, hint) => {
    expect(complaint(header)).toContain(` ${hint} ${known}`)
  })

  test('a semicolon in one of several columns gives no hint', () => {
    expect(complaint('a;b', 'email')).not.toContain('delimiter')
  })

  test('a hostile name is not repeated in the message', () => {
    expect(complaint('x'.repeat(100_000)).length).toBeLessThan(300)
    expect(complaint('x'.repeat(100_000), 'x'.repeat(100_000)).length).toBeLessThan(400)
  })

  test('fifty of hundreds of problems are named', () => {
    const message = complaintWith({ unknownColumns: 'error' }, ...Array.from({ length: 500 }, () => ''))
    expect(message.match(/has no name/g)).toHaveLength(50)
    expect(message).toContain('; and 453 more.')
  })
})
