// The resource's scope, asked for a caller. What is no plain object of filters is an error, and never every row.
import type { Resource } from './define.ts'
import type { Caller, Filters } from './definition.ts'

/**
 * Undefined for a resource without a scope.
 *
 * @throws whatever the scope throws, which may hold anything: it belongs into the cause of an error, for the log
 */
export async function askScope(resource: Resource, caller: Caller | undefined): Promise<Filters | undefined> {
  if (resource.scope === undefined) return undefined
  const filters: unknown = await resource.scope(caller)
  if (!isPlainObject(filters)) throw new TypeError('The scope gave no object of filters.')
  return filters
}

/** A Map or a class has members that nobody would look at, and so would mean every row. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
