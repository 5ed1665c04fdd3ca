// The keys of the configuration → the `authorize` hook, which returns the caller or refuses the request.
import type { IncomingHttpHeaders } from 'node:http'
import { AccessRefused, type AccessRequest, type Action, type Authorize } from '@lading/core/http'
import { type ApiKey, findKey, type Right } from './api-keys.ts'

export interface AccessConfig {
  readonly apiKeys: readonly ApiKey[]
  readonly metricsAccess: 'key' | 'open'
  readonly healthAccess: 'open' | 'key'
}

/** The rights of which a key needs one; an empty list accepts any key. */
const requiredRights: Readonly<Record<Action, readonly Right[]>> = {
  'health.read': [],
  'metrics.read': ['metrics'],
  'openapi.read': [],
  'resources.list': [],
  'imports.create': ['write'],
  'imports.list': ['read', 'write'],
  'imports.read': ['read', 'write'],
  'imports.cancel': ['write'],
  'imports.retry': ['write'],
  'imports.errors': ['read', 'write'],
  // Rejects contain the values of the file, even of sensitive fields, so they need the right to upload it.
  'imports.rejects': ['write'],
  'exports.stream': ['read'],
  'exports.create': ['read'],
  'exports.read': ['read'],
  'exports.delete': ['read'],
  'exports.download': ['read'],
}

/** For the OpenAPI document. */
export const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer' },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
}

const realm = 'Bearer realm="lading"'

/** Undefined without keys: then every client that can reach the server may do everything. */
export function authorizeBy({ apiKeys, ...access }: AccessConfig): Authorize | undefined {
  if (apiKeys.length === 0) return undefined
  return request => (isOpen(request, access) ? {} : callerBy(apiKeys, request))
}

function isOpen({ action }: AccessRequest, access: Omit<AccessConfig, 'apiKeys'>): boolean {
  if (action === 'metrics.read') return access.metricsAccess === 'open'
  return action === 'health.read' && access.healthAccess === 'open'
}

function callerBy(keys: readonly ApiKey[], { action, resource, headers }: AccessRequest) {
  const presented = credential(headers)
  if (presented === undefined) {
    const message = 'Send a key, as "Authorization: Bearer <key>" or as "X-API-Key: <key>".'
    throw new AccessRefused('unauthenticated', message, { challenge: realm })
  }
  const key = findKey(keys, presented)
  if (key === undefined) {
    const challenge = `${realm}, error="invalid_token"`
    throw new AccessRefused('unauthenticated', 'This key is not known here.', { challenge })
  }
  const rights = requiredRights[action]
  if (rights.length > 0 && !rights.some(right => key.rights.includes(right))) {
    throw new AccessRefused('forbidden', `This needs a key with the right to ${rights.join(' or ')}.`)
  }
  if (resource !== undefined && key.resources !== '*' && !key.resources.includes(resource)) {
    throw new AccessRefused('forbidden', 'This key is for other resources.')
  }
  return { principal: key.name, ...(key.tenant !== undefined && { tenant: key.tenant }) }
}

/** A proxy may use `Authorization` itself, so only a bearer token counts there. */
function credential(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1]
  const apiKey = headers['x-api-key']
  return bearer ?? (typeof apiKey === 'string' && apiKey !== '' ? apiKey : undefined)
}
