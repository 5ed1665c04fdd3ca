// Who may do what: the host is asked before anything of a request is read, and again when its resource is known.
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

/** What a request is about to do; each route has one. */
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

/** What `authorize` judges by. */
export interface AccessRequest {
  readonly action: Action
  /** Absent as long as it is not known, and where there is none. */
  readonly resource?: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly method: string
  /** Below the mount prefix, still encoded, without the query. */
  readonly path: string
  /** As the adapter knows it, which may be that of a proxy. */
  readonly remoteAddress?: string | undefined
  /** What the adapter's option `principal` returned. */
  readonly principal?: unknown
}

/**
 * Says who asks, or throws `AccessRefused`. Asked at the headers, and again for each resource that the request turns
 * out to be about; it must answer alike for one request. Whatever else it returns or throws ends the request with 500.
 */
export type Authorize = (request: AccessRequest) => Caller | Promise<Caller>

interface Question {
  readonly action: Action
  /** Named by the query, if it names one that there is. */
  readonly resource: string | undefined
  readonly authorize: Authorize | undefined
  readonly hookTimeoutSeconds: number
}

/** @throws HttpFault `ACCESS_DENIED`, `AUTHENTICATION_REQUIRED`. LadingError `HOOK_FAILED` */
export async function accessOf(input: HttpInput, question: Question): Promise<Access> {
  const { action, resource, authorize, hookTimeoutSeconds: timeoutSeconds } = question
  const patience = { signal: input.signal, timeoutSeconds }
  const principal = await answerOf('principal', () => input.principal?.(), patience)
  const { headers, method, path, remoteAddress } = input
  const ask = async (about: string | undefined, to: Action = action): Promise<Caller | undefined> => {
    if (authorize === undefined) return callerOf(principal)
    // A copy: what a hook does to it must not change the request.
    const request = {
      action: to,
      resource: about,
      headers: { ...headers },
      method,
      path,
      remoteAddress,
      principal,
    }
    return checkedCaller(await answerOf('authorize', () => authorize(request), patience))
  }
  const caller = await ask(resource)
  const known = new Set([resource])
  const expectCaller = (other: Caller | undefined) => {
    if (isDeepStrictEqual(other, caller)) return
    throw new LadingError('HOOK_FAILED', 'authorize named two callers for one request.')
  }
  const permit = async (name: string): Promise<void> => {
    if (known.has(name)) return
    expectCaller(await ask(name))
    known.add(name)
  }
  const readable = new Map<string, Promise<boolean>>()
  const mayRead = (kind: JobKind, name: string): Promise<boolean> => {
    const asked = readable.get(`${kind} ${name}`)
    if (asked !== undefined) return asked
    const answer = permit(name)
      .catch(async error => refusal(error) || expectCaller(await ask(name, `${kind}s.read`)))
      .then(() => true, refusal)
    readable.set(`${kind} ${name}`, answer)
    return answer
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
        const isAllowed = await permit(name).then(() => true, refusal)
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

function refusal(error: unknown): false {
  if (error instanceof HttpFault) return false
  throw error
}

/** What a hook throws may hold anything; but for a refusal it stays in the cause, for the log. */
async function answerOf(name: string, hook: () => unknown, patience: HookTimeout): Promise<unknown> {
  try {
    return await callAsyncHook(name, hook, patience)
  } catch (fault) {
    if (isOfWaiting(fault)) throw fault
    const cause = fault instanceof LadingError ? (fault.cause ?? fault) : fault
    if (!(cause instanceof AccessRefused)) {
      throw new LadingError('HOOK_FAILED', `${name} threw an error; nothing was done.`, { cause })
    }
    const { reason, message, challenge } = cause
    if (reason === 'forbidden') throw new HttpFault('ACCESS_DENIED', message)
    throw new HttpFault('AUTHENTICATION_REQUIRED', message, { 'WWW-Authenticate': challenge })
  }
}

/** It took too long, or the client has gone. */
function isOfWaiting(fault: unknown): boolean {
  if (!(fault instanceof LadingError)) return false
  return fault.code === 'CANCELLED' || (fault.code === 'HOOK_FAILED' && fault.cause === undefined)
}
