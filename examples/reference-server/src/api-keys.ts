// The text of API_KEYS → who holds which key and may do what with it; and how a key is made and looked up.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { ConfigError } from './config-error.ts'

export const rights = ['read', 'write', 'metrics'] as const

/** `read`: exports, and how imports went. `write`: imports. `metrics`: /metrics. */
export type Right = (typeof rights)[number]

export interface ApiKey {
  /** What jobs call their owner. Two keys of one name are the same owner, so that a key can be replaced. */
  readonly name: string
  /** SHA-256; the key itself is known to its holder only. */
  readonly hash: Buffer
  /** `'*'`: all of them. */
  readonly resources: '*' | readonly string[]
  readonly rights: readonly Right[]
  readonly tenant: string | undefined
}

/** Of a name and of a tenant: nothing that divides entries, and nothing that a log would have to escape. */
const word = /^[A-Za-z0-9._-]{1,64}$/

/**
 * `name:sha256:resources:rights[:tenant]`, several divided by commas, lists within by `+`.
 *
 * @throws ConfigError naming the entry by its number, since anything in it may be a secret in the wrong place
 */
export function readApiKeys(text = ''): readonly ApiKey[] {
  if (text.trim() === '') return []
  const keys = text.split(',').map((entry, index) => readEntry(entry.trim(), `API_KEYS, entry ${index + 1}`))
  const hashes = new Set(keys.map(({ hash }) => hash.toString('hex')))
  if (hashes.size < keys.length) throw new ConfigError('API_KEYS has the same key twice.')
  return keys
}

function readEntry(entry: string, place: string): ApiKey {
  const [name = '', hash = '', resources = '', allowed = '', tenant, ...others] = entry.split(':')
  const complain = (what: string): never => {
    throw new ConfigError(`${place}: ${what}; npm run key makes a key and its entry.`)
  }
  if (others.length > 0) complain('it must be name:sha256:resources:rights, or with :tenant behind it')
  if (!word.test(name)) complain('its name must be 1 to 64 letters, digits, ".", "_" and "-"')
  if (!/^[0-9a-f]{64}$/i.test(hash)) {
    complain('its second part must be the SHA-256 of a key, in 64 hexadecimal digits')
  }
  const names = resources.split('+')
  if (resources !== '*' && !names.every(one => /^[a-z][a-z0-9_-]*$/.test(one))) {
    complain('its resources must be names divided by "+", or "*" for all')
  }
  const given = allowed.split('+')
  const known = rights.filter(right => given.includes(right))
  if (known.length !== given.length)
    complain(`its rights must be some of ${rights.join(', ')}, divided by "+"`)
  if (tenant !== undefined && !word.test(tenant)) {
    complain('its tenant must be 1 to 64 letters, digits, ".", "_" and "-"')
  }
  const hashed = Buffer.from(hash, 'hex')
  return { name, hash: hashed, resources: resources === '*' ? '*' : names, rights: known, tenant }
}

/** @throws ConfigError for a key of a resource that there is not: it would be refused everything without a word */
export function checkResources(keys: readonly ApiKey[], known: readonly string[]): void {
  for (const { name, resources } of keys) {
    const unknown = resources === '*' ? undefined : resources.find(one => !known.includes(one))
    if (unknown === undefined) continue
    throw new ConfigError(
      `API_KEYS: the key "${name}" is for "${unknown}", which is no resource; known: ${known.join(', ')}.`,
    )
  }
}

/** 256 random bits: such a key needs no salt and no slow hash, since nobody can guess it. */
export function newKey(): { readonly key: string; readonly hash: string } {
  const key = `lading_${randomBytes(32).toString('base64url')}`
  return { key, hash: hashOf(key).toString('hex') }
}

/** Compares with every key, and each in constant time: how long it takes tells nothing of which. */
export function findKey(keys: readonly ApiKey[], given: string): ApiKey | undefined {
  const hash = hashOf(given)
  let found: ApiKey | undefined
  for (const key of keys) {
    if (timingSafeEqual(key.hash, hash)) found = key
  }
  return found
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}
