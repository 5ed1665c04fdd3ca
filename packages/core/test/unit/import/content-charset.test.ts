// The charset of a content type counts as a declared encoding.
import { expect, test } from 'vitest'
import { encodingOfType } from '../../../src/engine/import/remote/content-charset.ts'

const mark = (hex: string) => Buffer.from(hex, 'hex')

test.each<[type: string, encoding: string | undefined]>([
  ['text/csv', undefined],
  ['', undefined],
  ['text/csv; charset=windows-1252', 'windows-1252'],
  ['text/csv;charset=WINDOWS-1252', 'windows-1252'],
  ['text/csv; Charset="windows-1252"', 'windows-1252'],
  ['text/csv; charset="windows\\-1252"', 'windows-1252'],
  ['text/csv ; header=present ; charset = utf-8 ', 'utf-8'],
  ['text/csv; charset=utf8', 'utf-8'],
  ['text/csv; charset=us-ascii', 'utf-8'],
  ['text/csv; charset=iso-8859-1', 'windows-1252'],
  ['application/json; charset=UTF-16LE', 'utf-16le'],
  ['text/csv; charset=', undefined],
  ['text/csv; charset=""', undefined],
  // If the word is not a parameter of that name.
  ['text/csv; name="a; charset=koi8-r"', undefined],
  ['text/csv; mycharset=koi8-r', undefined],
  // The same charset twice, spelt differently.
  ['text/csv; charset=utf-8; charset=UTF8', 'utf-8'],
])('%s: %s', (type, encoding) => {
  expect(encodingOfType(type)).toBe(encoding)
})

test('utf-16 alone needs the byte order mark', () => {
  expect(encodingOfType('text/csv; charset=utf-16', mark('fffe6100'))).toBe('utf-16le')
  expect(encodingOfType('text/csv; charset=utf-16', mark('feff0061'))).toBe('utf-16be')
  expect(() => encodingOfType('text/csv; charset=UTF16', mark('61006200'))).toThrow(
    expect.objectContaining({
      code: 'FORMAT_UNSUPPORTED',
      message:
        'The content type names the charset "utf-16", and the file has no byte order mark; name utf-16le or utf-16be.',
    }),
  )
})

test.each(['koi8-r', 'Shift_JIS', 'utf-7', "'utf-8'", '__proto__', 'windows-1252é'])(
  '%s is rejected with the supported ones',
  name => {
    expect(() => encodingOfType(`text/csv; charset="${name}"`)).toThrow(
      expect.objectContaining({
        code: 'FORMAT_UNSUPPORTED',
        status: 415,
        message: `The content type names the charset "${name.replace('é', '?')}", which is not supported. Send the file in utf-8, utf-16le, utf-16be or windows-1252, and name that as its charset.`,
      }),
    )
  },
)

test('two that contradict each other are rejected', () => {
  expect(() => encodingOfType('text/csv; charset=utf-8; charset=latin1')).toThrow(
    'The content type names two charsets, "utf-8" and "latin1"; send one of them.',
  )
})
