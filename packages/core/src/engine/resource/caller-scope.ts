// The resource's scope, asked for a caller. What is no plain object of filters is an error, and never every row.
import { callAsyncHook, type HookTimeout } from '../../errors/hook.ts'
import type { Resource } from './define.ts'
import type { Caller, Filters } from './definition.ts'

/**
 * Undefined for a resource without a scope.
 *
 * @throws whatever the scope throws, which may hold anything: it belongs into the cause of an error, for the log
 */
export async function askScope(
  resource: Resource,
  caller: Caller | undefined,
  patience: HookTimeout,
): Promise<Filters | undefined> {
  if (resource.scope === undefined) return undefined
  const name = `The scope of ${resource.name}`
  // A copy: other hooks are asked for the same caller.
  const ask = () => resource.scope?.(caller && Object.freeze({ ...caller }))
  const filters: unknown = await callAsyncHook(name, ask, patience)
  if (!isPlainObject(filters)) throw new TypeError('The scope gave no object of filters.')
  return filters
}

/** A Map or a class has members that nobody would look at, and so would mean every row. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
