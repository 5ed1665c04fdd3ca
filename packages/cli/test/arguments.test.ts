// How options are parsed before anything else happens.
import { defineResource, Type } from '@lading/core'
import { describe, expect, it } from 'vitest'
import { chooseFormat } from '../src/commands/file-format.ts'
import { parseFilters } from '../src/commands/filters.ts'
import { importSettings } from '../src/commands/import-option-flags.ts'

const things = defineResource('things', {
  table: 'things',
  schema: Type.Object({ role: Type.String(), tags: Type.Array(Type.String()), size: Type.Integer() }),
})
const filtersOf = (...filters: string[]) => parseFilters(things, filters)

describe('filters', () => {
  it('map fields to values; an empty one is null, and a value may contain "="', () => {
    expect(filtersOf('role=admin', 'tags=')).toEqual({ role: { in: ['admin'] }, tags: { null: 'true' } })
    expect(filtersOf('role=a=b')).toEqual({ role: { in: ['a=b'] } })
  })

  it('allow several values of a repeated field, and bounds', () => {
    expect(filtersOf('role=a', 'role=b', 'size.gte=1', 'size[lt]=9')).toEqual({
      role: { in: ['a', 'b'] },
      size: { gte: '1', lt: '9' },
    })
  })

  it.each(['role', '=admin', ''])('refuse %j', filter => {
    expect(() => filtersOf(filter)).toThrow(`The filter "${filter}" must be field=value, such as role=admin`)
  })

  it.each([
    [
      ['rol=a'],
      '"rol" is not a field that things can be filtered by; did you mean "role"? Known: role, tags, size.',
    ],
    [
      ['role=a', 'role='],
      'The filter "role=" finds empty ones, and cannot be combined with another value of role.',
    ],
    [['size.gte=1', 'size.gte=2'], 'The filter on "size" has more than one value for "gte".'],
    [['size.like=1'], 'The filter on "size" has no operator "like"; known: gte, gt, lte, lt, null.'],
  ])('%j are a usage error', (filters, sentence) => {
    expect(() => filtersOf(...filters)).toThrow(expect.objectContaining({ exitCode: 64, message: sentence }))
  })
})

describe('the format', () => {
  it('is the requested one, whatever the file name', () => {
    expect(chooseFormat('users.csv', 'ndjson')).toBe('ndjson')
  })

  it.each([
    ['users.csv', 'csv'],
    ['USERS.CSV', 'csv'],
    ['users.jsonl', 'ndjson'],
  ])('of %s is %s', (name, format) => {
    expect(chooseFormat(name, undefined)).toBe(format)
  })

  it('must be given if there is no file name, or one that does not show it', () => {
    expect(() => chooseFormat(undefined, undefined)).toThrow(
      'Standard output has no file name that shows the format; add --format csv, --format ndjson or --format json.',
    )
    expect(() => chooseFormat('users.txt', undefined)).toThrow(
      'The name "users.txt" does not show the format; add --format csv, --format ndjson or --format json.',
    )
  })
})

describe('settings of an import', () => {
  const none = Buffer.alloc(0)

  it('are those of the core, by their usual names', () => {
    const settings = importSettings(
      {
        onConflict: 'update',
        dryRun: true,
        maxErrors: '5',
        mapping: ['E-Mail=email', '{"Who":"name"}', 'a=b=role'],
        delimiter: 'tab',
        encoding: 'latin1',
        sequences: 'leave',
        nullValues: 'NULL, N/A',
      },
      none,
    )
    expect(settings).toEqual({
      onConflict: 'update',
      dryRun: true,
      maxErrors: 5,
      mapping: { 'E-Mail': 'email', Who: 'name', 'a=b': 'role' },
      delimiter: '\t',
      encoding: 'windows-1252',
      sequences: 'leave',
      nullValues: ['NULL', 'N/A'],
    })
    expect(importSettings({}, none)).toEqual({})
  })

  it('UTF-16 is detected by the byte order mark of the file', () => {
    expect(importSettings({ encoding: 'utf-16' }, Buffer.of(0xfe, 0xff))).toEqual({ encoding: 'utf-16be' })
    expect(() => importSettings({ encoding: 'utf-16' }, none)).toThrow('utf-16le or utf-16be')
  })

  it.each([
    [{ onConflict: 'replace' }, 'The option --on-conflict must be one of error, ignore, update.'],
    [{ maxErrors: '0' }, 'The option --max-errors must be a whole number from 1.'],
    [{ maxErrors: '1e3' }, 'The option --max-errors must be a whole number from 1.'],
    [{ unknownColumns: 'drop' }, 'The option --unknown-columns must be one of warn, error.'],
    [
      { nullValues: 'NULL,' },
      'The option --null-values must be a list of 1 to 100 texts, none of them empty.',
    ],
    [{ sequences: 'keep' }, 'The option --sequences must be one of advance, leave.'],
    [{ delimiter: 'x' }, 'The option --delimiter must be'],
    [{ encoding: 'klingon' }, 'The option --encoding must be'],
    [{ mapping: ['email'] }, 'The mapping "email" must be name=field'],
    [{ mapping: ['{"a":1}'] }, 'The option --mapping must be a JSON object'],
    [{ mapping: ['x=a', 'x=b'] }, 'The option --mapping maps "x" twice; map it once.'],
    [{ mapping: ['x=a', '{"x":"a"}'] }, 'The option --mapping maps "x" twice; map it once.'],
    [{ mapping: ['{"x":"a","x":"b"}'] }, 'The option --mapping maps "x" twice; map it once.'],
  ])('%j is refused by name', (options, sentence) => {
    expect(() => importSettings(options, none)).toThrow(sentence)
  })
})
