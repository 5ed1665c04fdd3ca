// Authorization: calls the host's hook before the body is read, and again once the resource is known.
import type { IncomingHttpHeaders } from 'node:http'
import { isDeepStrictEqual } from 'node:util'
import type { Caller } from '../../engine/resource/definition.ts'
import { callAsyncHook, type HookTimeout } from '../../errors/hook.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { JobKind } from '../../jobs/store/job.ts'
import type { Access, HttpInput } from '../wire/message.ts'
import { HttpFault } from '../wire/problem.ts'
import { AccessRefused } from './access-refused.ts'
import { callerOf, checkedCaller } from './request-caller.ts'

/** What a request does; each route has one action. */
export type Action =
  | 'health.read'
  | 'metrics.read'
  | 'openapi.read'
  | 'resources.list'
  | 'imports.create'
  | 'imports.list'
  | 'imports.read'
  | 'imports.cancel'
  | 'imports.retry'
  | 'imports.errors'
  | 'imports.rejects'
  | 'exports.stream'
  | 'exports.create'
  | 'exports.read'
  | 'exports.delete'
  | 'exports.download'

/** What `authorize` decides on. */
export interface AccessRequest {
  readonly action: Action
  /** Absent until the resource is known, and for requests without one. */
  readonly resource?: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly method: string
  /** Below the mount prefix, still encoded, without the query. */
  readonly path: string
  /** As the adapter reports it; it may be the address of a proxy. */
  readonly remoteAddress?: string | undefined
  /** What the adapter's option `principal` returned. */
  readonly principal?: unknown
}

/**
 * Returns the caller, or throws `AccessRefused`. It is called once the headers are read, and again for each resource
 * that the request turns out to concern. It must return the same caller for one request. Any other result or error
 * ends the request with 500.
 */
export type Authorize = (request: AccessRequest) => Caller | Promise<Caller>

interface AccessOptions {
  readonly action: Action
  /** The resource that the query names, if it exists. */
  readonly resource: string | undefined
  readonly authorize: Authorize | undefined
  readonly hookTimeoutSeconds: number
}

/** @throws HttpFault `ACCESS_DENIED`, `AUTHENTICATION_REQUIRED`. LadingError `HOOK_FAILED` */
export async function authorizeRequest(input: HttpInput, options: AccessOptions): Promise<Access> {
  const { action, resource, authorize, hookTimeoutSeconds: timeoutSeconds } = options
  const timeout = { signal: input.signal, timeoutSeconds }
  const principal = await callAccessHook('principal', () => input.principal?.(), timeout)
  const { headers, method, path, remoteAddress } = input
  const authorized = async (
    resource: string | undefined,
    requestedAction: Action = action,
  ): Promise<Caller | undefined> => {
    if (authorize === undefined) return callerOf(principal)
    // A copy: a hook that changes it must not change the request.
    const request = {
      action: requestedAction,
      resource,
      headers: { ...headers },
      method,
      path,
      remoteAddress,
      principal,
    }
    return checkedCaller(await callAccessHook('authorize', () => authorize(request), timeout))
  }
  const caller = await authorized(resource)
  const permittedResources = new Set([resource])
  const expectCaller = (other: Caller | undefined) => {
    if (isDeepStrictEqual(other, caller)) return
    throw new LadingError('HOOK_FAILED', 'authorize returned two different callers for one request.')
  }
  const permit = async (name: string): Promise<void> => {
    if (permittedResources.has(name)) return
    expectCaller(await authorized(name))
    permittedResources.add(name)
  }
  const readable = new Map<string, Promise<boolean>>()
  const mayRead = (kind: JobKind, name: string): Promise<boolean> => {
    const cached = readable.get(`${kind} ${name}`)
    if (cached !== undefined) return cached
    const decision = permit(name)
      .catch(async error => falseIfRefused(error) || expectCaller(await authorized(name, `${kind}s.read`)))
      .then(() => true, falseIfRefused)
    readable.set(`${kind} ${name}`, decision)
    return decision
  }
  return {
    caller,
    tenant: caller?.tenant ?? '',
    async permit(...resources) {
      for (const name of resources) await permit(name)
    },
    async permitted(resources) {
      const allowed: string[] = []
      for (const name of resources) {
        const isAllowed = await permit(name).then(() => true, falseIfRefused)
        if (isAllowed) allowed.push(name)
      }
      return allowed
    },
    async maySee(kind, resources) {
      for (const name of resources) {
        if (!(await mayRead(kind, name))) return false
      }
      return true
    },
  }
}

function falseIfRefused(error: unknown): false {
  if (error instanceof HttpFault) return false
  throw error
}

/** A hook's error may contain anything, so it stays in the cause, for the log. Only an `AccessRefused` is passed on. */
async function callAccessHook(name: string, hook: () => unknown, timeout: HookTimeout): Promise<unknown> {
  try {
    return await callAsyncHook(name, hook, timeout)
  } catch (fault) {
    if (isTimeoutOrAbort(fault)) throw fault
    const cause = fault instanceof LadingError ? (fault.cause ?? fault) : fault
    if (!(cause instanceof AccessRefused)) {
      throw new LadingError('HOOK_FAILED', `${name} threw an error; nothing was done.`, { cause })
    }
    const { reason, message, challenge } = cause
    if (reason === 'forbidden') throw new HttpFault('ACCESS_DENIED', message)
    throw new HttpFault('AUTHENTICATION_REQUIRED', message, { 'WWW-Authenticate': challenge })
  }
}

/** The hook took too long, or the client disconnected. */
function isTimeoutOrAbort(fault: unknown): boolean {
  if (!(fault instanceof LadingError)) return false
  return fault.code === 'CANCELLED' || (fault.code === 'HOOK_FAILED' && fault.cause === undefined)
}
