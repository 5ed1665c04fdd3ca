// The text of API_KEYS → keys with their rights; also creates and looks up keys.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { ConfigError } from './config-error.ts'

export const apiKeyRights = ['read', 'write', 'metrics'] as const

/** `read`: exports, and the status of imports. `write`: imports. `metrics`: /metrics. */
export type Right = (typeof apiKeyRights)[number]

export interface ApiKey {
  /** The owner of the key's jobs. Two keys with one name are the same owner, so that a key can be replaced. */
  readonly name: string
  /** The SHA-256 of the key; only its holder knows the key itself. */
  readonly hash: Buffer
  /** `'*'`: all resources. */
  readonly resources: '*' | readonly string[]
  readonly rights: readonly Right[]
  readonly tenant: string | undefined
}

/** A name or a tenant: without the separators of entries, and without characters that a log must escape. */
const namePattern = /^[A-Za-z0-9._-]{1,64}$/

/**
 * Reads entries of the form `name:sha256:resources:rights[:tenant]`, separated by commas. Lists in an entry use `+`.
 *
 * @throws ConfigError with the number of the entry, because any part of it may be a misplaced secret
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
  const fail = (what: string): never => {
    throw new ConfigError(`${place}: ${what}; npm run key makes a key and its entry.`)
  }
  if (others.length > 0) fail('it must be name:sha256:resources:rights, optionally followed by :tenant')
  if (!namePattern.test(name)) fail('its name must be 1 to 64 letters, digits, ".", "_" and "-"')
  if (!/^[0-9a-f]{64}$/i.test(hash)) {
    fail('its second part must be the SHA-256 of a key, in 64 hexadecimal digits')
  }
  const names = resources.split('+')
  if (resources !== '*' && !names.every(resource => /^[a-z][a-z0-9_-]*$/.test(resource))) {
    fail('its resources must be names separated by "+", or "*" for all')
  }
  const rightNames = allowed.split('+')
  const known = apiKeyRights.filter(right => rightNames.includes(right))
  if (known.length !== rightNames.length)
    fail(`its rights must be some of ${apiKeyRights.join(', ')}, separated by "+"`)
  if (tenant !== undefined && !namePattern.test(tenant)) {
    fail('its tenant must be 1 to 64 letters, digits, ".", "_" and "-"')
  }
  const hashed = Buffer.from(hash, 'hex')
  return { name, hash: hashed, resources: resources === '*' ? '*' : names, rights: known, tenant }
}

/** @throws ConfigError for a key of an unknown resource, which would be refused everything without an explanation */
export function checkResources(keys: readonly ApiKey[], known: readonly string[]): void {
  for (const { name, resources } of keys) {
    const unknown = resources === '*' ? undefined : resources.find(one => !known.includes(one))
    if (unknown === undefined) continue
    throw new ConfigError(
      `API_KEYS: the key "${name}" is for "${unknown}", which is not a resource; known: ${known.join(', ')}.`,
    )
  }
}

/** Creates a key of 256 random bits, which needs no salt and no slow hash because it cannot be guessed. */
export function newKey(): { readonly key: string; readonly hash: string } {
  const key = `lading_${randomBytes(32).toString('base64url')}`
  return { key, hash: hashOf(key).toString('hex') }
}

/** Compares with every key in constant time, so that the time reveals nothing about the match. */
export function findKey(keys: readonly ApiKey[], credential: string): ApiKey | undefined {
  const hash = hashOf(credential)
  let found: ApiKey | undefined
  for (const key of keys) {
    if (timingSafeEqual(key.hash, hash)) found = key
  }
  return found
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}
