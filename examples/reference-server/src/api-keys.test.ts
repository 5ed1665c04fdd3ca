import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { checkResources, findKey, newKey, readApiKeys } from './api-keys.ts'

const hashOf = (key: string) => createHash('sha256').update(key).digest('hex')
const [first, second] = [hashOf('first'), hashOf('second')]

test('entries define the rights of each key, by action, resource and caller', () => {
  const text = `ci:${first}:users+articles:read+write:acme, prom:${second.toUpperCase()}:*:metrics`
  expect(readApiKeys(text)).toEqual([
    {
      name: 'ci',
      hash: Buffer.from(first, 'hex'),
      resources: ['users', 'articles'],
      rights: ['read', 'write'],
      tenant: 'acme',
    },
    {
      name: 'prom',
      hash: Buffer.from(second, 'hex'),
      resources: '*',
      rights: ['metrics'],
      tenant: undefined,
    },
  ])
  for (const none of [undefined, '', ' ']) expect(readApiKeys(none)).toEqual([])
})

describe('an invalid entry is reported by its number, and never shown', () => {
  const second = 'API_KEYS, entry 2: '
  const end = '; npm run key makes a key and its entry.'
  test.each([
    ['', 'its name must be 1 to 64 letters, digits, ".", "_" and "-"'],
    ['a key', 'its name must be 1 to 64 letters, digits, ".", "_" and "-"'],
    ['ci:lading_secret:*:read', 'its second part must be the SHA-256 of a key, in 64 hexadecimal digits'],
    ['ci', 'its second part must be the SHA-256 of a key, in 64 hexadecimal digits'],
    [`ci:${hashOf('x')}`, 'its resources must be names separated by "+", or "*" for all'],
    [`ci:${hashOf('x')}:users+:read`, 'its resources must be names separated by "+", or "*" for all'],
    [`ci:${hashOf('x')}:*+users:read`, 'its resources must be names separated by "+", or "*" for all'],
    [`ci:${hashOf('x')}:*`, 'its rights must be some of read, write, metrics, separated by "+"'],
    [`ci:${hashOf('x')}:*:admin`, 'its rights must be some of read, write, metrics, separated by "+"'],
    [`ci:${hashOf('x')}:*:read+read`, 'its rights must be some of read, write, metrics, separated by "+"'],
    [`ci:${hashOf('x')}:*:read:`, 'its tenant must be 1 to 64 letters, digits, ".", "_" and "-"'],
    [
      `ci:${hashOf('x')}:*:read:a:b`,
      'it must be name:sha256:resources:rights, optionally followed by :tenant',
    ],
  ])('%s', (entry, complaint) => {
    expect(() => readApiKeys(`ok:${first}:*:read,${entry}`)).toThrow(new Error(`${second}${complaint}${end}`))
  })

  test('one key cannot have two entries', () => {
    expect(() => readApiKeys(`a:${first}:*:read,b:${first}:*:write`)).toThrow(
      new Error('API_KEYS has the same key twice.'),
    )
  })

  test('a key for an unknown resource', () => {
    const keys = readApiKeys(`ci:${first}:users+user:read`)
    expect(() => checkResources(keys, ['users', 'articles'])).toThrow(
      'API_KEYS: the key "ci" is for "user", which is not a resource; known: users, articles.',
    )
    expect(() => checkResources(readApiKeys(`ci:${first}:users:read`), ['users'])).not.toThrow()
  })
})

describe('a key', () => {
  const keys = readApiKeys(`old:${first}:*:read,new:${second}:*:read`)

  test.each([
    ['first', 'old'],
    ['second', 'new'],
    ['Second', undefined],
    ['second ', undefined],
    ['', undefined],
    [second, undefined],
  ])('%j is that of %s', (given, name) => {
    expect(findKey(keys, given)?.name).toBe(name)
  })

  test('every key is compared, also after the matching one', () => {
    const compared: string[] = []
    const watched = keys.map(key => ({
      ...key,
      get hash() {
        compared.push(key.name)
        return key.hash
      },
    }))
    expect(findKey(watched, 'first')?.name).toBe('old')
    expect(compared).toEqual(['old', 'new'])
  })

  test('is made of 256 random bits, and its hash finds it', () => {
    const { key, hash } = newKey()
    expect(key).toMatch(/^lading_[A-Za-z0-9_-]{43}$/)
    expect(hash).toBe(hashOf(key))
    expect(newKey().key).not.toBe(key)
  })
})
