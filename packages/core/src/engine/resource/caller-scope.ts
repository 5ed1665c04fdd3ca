// Resolves the scope of a resource for a caller. A result that is not a plain object is an error; it never means every row.
import { callAsyncHook, type HookTimeout } from '../../errors/hook.ts'
import type { Resource } from './define.ts'
import type { Caller, Filters } from './definition.ts'

/**
 * Calls the scope of a resource. Returns undefined for a resource without a scope.
 *
 * @throws LadingError if the scope throws or does not return in time
 * @throws TypeError if the scope does not return a plain object
 */
export async function resolveScope(
  resource: Resource,
  caller: Caller | undefined,
  timeout: HookTimeout,
): Promise<Filters | undefined> {
  if (resource.scope === undefined) return undefined
  const name = `The scope of ${resource.name}`
  // A frozen copy, because other hooks get the same caller.
  const callScope = () => resource.scope?.(caller && Object.freeze({ ...caller }))
  const filters: unknown = await callAsyncHook(name, callScope, timeout)
  if (!isPlainObject(filters)) throw new TypeError('The scope must return a plain object of filters.')
  return filters
}

/** Excludes Maps and class instances: their contents would be ignored, and so would mean every row. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
