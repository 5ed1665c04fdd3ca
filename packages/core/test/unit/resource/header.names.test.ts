// Column names as programs write them: with invisible characters, twice, or not at all.
import { Type } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import { defineResource } from '../../../src/engine/resource/define.ts'
import { type HeaderOptions, mapHeader } from '../../../src/engine/resource/mapping/header.ts'
import type { LadingError } from '../../../src/errors/lading-error.ts'

const people = defineResource('people', {
  table: 'people',
  schema: Type.Object({
    full_name: Type.Optional(Type.String()),
    prénom: Type.Optional(Type.String()),
    made_at: Type.Optional(Type.String()),
  }),
  fields: { full_name: { aliases: ['Full Name', 'Имя'] }, made_at: { readOnly: true } },
})

const map = (header: (string | null)[], options?: HeaderOptions) => {
  const { columns, ...rest } = mapHeader(people, header, options)
  return { columns: columns.map(field => field?.name), ...rest }
}

function complaint(header: (string | null)[], options?: HeaderOptions): string {
  try {
    mapHeader(people, header, options)
  } catch (error) {
    expect(error).toMatchObject({ code: 'HEADER_INVALID' })
    return (error as LadingError).message
  }
  throw new Error('The header was accepted')
}

describe('a name is matched by what a person sees', () => {
  test.each<[name: string, cell: string, field: string]>([
    ['a zero-width space in it', 'full_\u200bname', 'full_name'],
    ['a no-break space in it', 'Full\u00a0Name', 'full_name'],
    ['two spaces', 'Full  Name', 'full_name'],
    ['a line break', 'Full\nName', 'full_name'],
    ['CR LF', 'Full\r\nName', 'full_name'],
    ['a byte order mark after a quote', '\ufefffull_name', 'full_name'],
    ['marks of direction around it', '\u202bИмя\u202c', 'full_name'],
    ['a decomposed letter', 'PRE\u0301NOM', 'prénom'],
    ['a soft hyphen', 'full_\u00adname', 'full_name'],
  ])('%s', (_, cell, field) => {
    expect(map([cell])).toMatchObject({ columns: [field], unknown: [] })
  })

  test('in a mapping too, for both names', () => {
    const mapping = { 'Wer\u00a0\u200bist es': 'Full\u2003name' }
    expect(map(['wer ist  es'], { mapping }).columns).toEqual(['full_name'])
  })

  test('two columns that look the same are rejected, and the message tells them apart', () => {
    expect(complaint(['full_name', 'full_\u200bname'])).toContain(
      String.raw`columns "full_name" and "full_\u200bname" both stand for "full_name"`,
    )
    expect(complaint(['prénom', 'pre\u0301nom'])).toContain(
      String.raw`columns "prénom" and "pre\u0301nom" both`,
    )
    expect(complaint(['\u00a0full_name', 'full_name'])).toContain(
      String.raw`"\u00a0full_name" and "full_name"`,
    )
  })

  test('an unknown name is shown with its invisible characters and a suggestion', () => {
    expect(complaint(['full_name', 'pre\u200bnom'], { unknownColumns: 'error' })).toContain(
      String.raw`column "pre\u200bnom" is unknown (did you mean "prénom"?)`,
    )
  })

  test('a resource cannot have two names that look the same', () => {
    const fields = { full_name: { aliases: ['a\u200b'] }, prénom: { aliases: ['A'] } }
    const define = () => defineResource('people', { table: 'people', schema: peopleSchema, fields })
    expect(define).toThrow(expect.objectContaining({ code: 'RESOURCE_INVALID' }))
  })
})

const peopleSchema = Type.Object({
  full_name: Type.Optional(Type.String()),
  prénom: Type.Optional(Type.String()),
})

describe('columns without a name', () => {
  test.each<[name: string, header: (string | null)[], unnamed: number[], minCells: number]>([
    ['at the end', ['full_name', null, null], [1, 2], 1],
    ['at the beginning', [null, 'full_name'], [0], 2],
    ['in the middle', ['full_name', null, 'prénom', null], [1, 3], 3],
    ['quoted', ['full_name', ''], [1], 1],
    ['of spaces', ['full_name', '  ', '\u00a0'], [1, 2], 1],
    ['of invisible characters', ['full_name', '\u200b', '\ufeff'], [1, 2], 1],
  ])('%s are left out', (_, header, unnamed, minCells) => {
    expect(map(header)).toMatchObject({ unnamed, minCells, unknown: [] })
  })

  test('are rejected if unknown columns are errors', () => {
    const message = complaint(['full_name', null, ' '], { unknownColumns: 'error' })
    expect(message).toContain('column 2 has no name; column 3 has no name')
  })

  test('alone do not make a header', () => {
    expect(complaint(['', ''])).toContain('no column has the name of a field')
  })
})

describe('unknown columns', () => {
  test('may occur twice', () => {
    expect(map(['note', 'full_name', 'note', 'Note'])).toMatchObject({
      columns: [undefined, 'full_name', undefined, undefined],
      unknown: ['note', 'note', 'Note'],
    })
    expect(map(['lading_error', 'LADING_ERROR', 'full_name']).unknown).toEqual([])
  })

  test('that occur twice are named once if they are errors', () => {
    const message = complaint(['note', 'full_name', 'note'], { unknownColumns: 'error' })
    expect(message.match(/"note" is unknown/g)).toHaveLength(1)
  })

  test('that share a mapping stand for one field, which is rejected', () => {
    expect(complaint(['note', 'note'], { mapping: { note: 'full_name' } })).toContain(
      'columns "note" and "note" both stand for "full_name"',
    )
  })
})

test('a header of read-only fields fills nothing', () => {
  expect(complaint(['made_at', 'note'])).toContain('no column has the name of a field that can be imported')
})
