// What is made of --filter and --format before anything else happens.
import { describe, expect, it } from 'vitest'
import { parseFilters } from '../src/commands/filters.ts'
import { chooseFormat } from '../src/commands/format.ts'

describe('filters', () => {
  it('are values by field; an empty one is null, and a value may hold "="', () => {
    expect(parseFilters(['role=admin', 'tags=', 'name=a=b'])).toEqual({
      role: 'admin',
      tags: null,
      name: 'a=b',
    })
  })

  it('take any name for a field', () => {
    expect(Object.entries(parseFilters(['__proto__=x']))).toEqual([['__proto__', 'x']])
  })

  it.each(['role', '=admin', ''])('refuse %j', filter => {
    expect(() => parseFilters([filter])).toThrow(
      `The filter "${filter}" must be field=value, such as role=admin; role= finds empty ones.`,
    )
  })

  it('name a field once', () => {
    expect(() => parseFilters(['role=a', 'role=b'])).toThrow(
      'Two filters name "role"; a field can equal one value only.',
    )
  })
})

describe('the format', () => {
  it('is the one that is asked for, whatever the name says', () => {
    expect(chooseFormat('users.csv', 'ndjson', 'Standard input')).toBe('ndjson')
  })

  it.each([
    ['users.csv', 'csv'],
    ['USERS.CSV', 'csv'],
    ['users.jsonl', 'ndjson'],
  ])('of %s is %s', (name, format) => {
    expect(chooseFormat(name, undefined, 'Standard input')).toBe(format)
  })

  it('must be told where there is no name, or one that does not tell', () => {
    expect(() => chooseFormat(undefined, undefined, 'Standard output')).toThrow(
      'Standard output has no name that tells the format; add --format csv or --format ndjson.',
    )
    expect(() => chooseFormat('users.txt', undefined, 'Standard output')).toThrow(
      'The name "users.txt" does not tell the format; add --format csv or --format ndjson.',
    )
  })
})
