// Names and values in SQL text: with any characters, they stay names and values.
import { describe, expect, test } from 'vitest'
import { LadingError } from '../../../src/errors/lading-error.ts'
import { doBlock, identifier, literal, tableIdentifier } from '../../../src/postgres/identifier.ts'

describe('identifier', () => {
  test.each<[name: string, quoted: string]>([
    ['users', '"users"'],
    ['Users', '"Users"'],
    ['select', '"select"'],
    ['a b', '"a b"'],
    ['a.b', '"a.b"'],
    ['a"b', '"a""b"'],
    ['"', '""""'],
    ['"; drop table users; --', '"""; drop table users; --"'],
    ["it's", '"it\'s"'],
    ['a\\b', '"a\\b"'],
    ['é😀', '"é😀"'],
    ['$1', '"$1"'],
  ])('%s → %s', (name, quoted) => {
    expect(identifier(name)).toBe(quoted)
  })

  test('NUL is rejected', () => {
    expect(() => identifier('a\0b')).toThrow(LadingError)
  })
})

describe('tableIdentifier', () => {
  test.each<[name: string, quoted: string]>([
    ['users', '"users"'],
    ['public.users', '"public"."users"'],
    ['My Schema.My"Table', '"My Schema"."My""Table"'],
    ['"my.table"', '"my.table"'],
    ['"a.b"."c.""d"', '"a.b"."c.""d"'],
    ['public."c.d"', '"public"."c.d"'],
    ['"odd', '"""odd"'],
    ['"a"b', '"""a""b"'],
  ])('%s → %s', (name, quoted) => {
    expect(tableIdentifier(name)).toBe(quoted)
  })

  test.each(['', '.', 'a.', '.a', 'a..b', 'a.b.c', '"a".', '."a"', '"a"."b".c', 'a\0b'])(
    '%j is rejected',
    name => {
      expect(() => tableIdentifier(name)).toThrow(LadingError)
    },
  )
})

describe('literal', () => {
  test.each<[value: string, quoted: string]>([
    ['', "''"],
    ['a', "'a'"],
    ["it's", "'it''s'"],
    ["'", "''''"],
    ["'; drop table users; --", "'''; drop table users; --'"],
    ['a\nb', "'a\nb'"],
    ['"', "'\"'"],
    // The escape form reads the same for any standard_conforming_strings.
    ['\\', " E'\\\\'"],
    ["\\'", " E'\\\\'''"],
    ['C:\\temp', " E'C:\\\\temp'"],
  ])('%j → %s', (value, quoted) => {
    expect(literal(value)).toBe(quoted)
  })
})

describe('doBlock', () => {
  test.each<[name: string, code: string, block: string]>([
    ['plain code', 'begin end', 'do $lading$ #variable_conflict error\nbegin end $lading$'],
    [
      'code with other dollar quotes',
      'raise $$x$$',
      'do $lading$ #variable_conflict error\nraise $$x$$ $lading$',
    ],
    [
      'code with its own quote',
      'a $lading$ b',
      'do $lading0$ #variable_conflict error\na $lading$ b $lading0$',
    ],
    [
      'code with the next one too',
      '$lading$ $lading0$',
      'do $lading1$ #variable_conflict error\n$lading$ $lading0$ $lading1$',
    ],
    [
      'code that ends like the quote begins',
      'x $lading',
      'do $lading$ #variable_conflict error\nx $lading $lading$',
    ],
  ])('%s', (_, code, block) => {
    expect(doBlock(code)).toBe(block)
  })
})
