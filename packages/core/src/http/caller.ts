// Who asks, as the host has found out → the caller that a resource's scope is asked for.
import type { Caller } from '../resource/definition.ts'
import type { HttpRequest } from './message.ts'

/** A text is a principal; an object may have a `tenant` and a `principal`. Anything else is nobody. */
export function callerOf({ principal: known }: Pick<HttpRequest, 'principal'>): Caller | undefined {
  if (typeof known === 'string') return { principal: known }
  if (typeof known !== 'object' || known === null) return undefined
  const { tenant, principal } = known as { readonly tenant?: unknown; readonly principal?: unknown }
  if (typeof tenant !== 'string' && typeof principal !== 'string') return undefined
  return {
    ...(typeof tenant === 'string' && { tenant }),
    ...(typeof principal === 'string' && { principal }),
  }
}
