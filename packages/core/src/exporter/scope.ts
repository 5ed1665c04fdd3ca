// The resource's scope, asked for a caller → tests that every row must pass. Whatever goes wrong, nothing is exported.
import { LadingError } from '../errors/lading-error.ts'
import type { Resource } from '../resource/define.ts'
import type { Caller } from '../resource/definition.ts'
import type { FieldTest } from './filter.ts'
import { readFilters } from './selection.ts'

/** @throws LadingError `SCOPE_FAILED` */
export async function scopeTests(
  resource: Resource,
  caller: Caller | undefined,
): Promise<readonly FieldTest[]> {
  if (resource.scope === undefined) return []
  try {
    const filters: unknown = await resource.scope(caller)
    if (!isPlainObject(filters)) throw new TypeError('The scope gave no object of filters.')
    return readFilters(resource, filters, 'scope')
  } catch (cause) {
    // What the scope threw may hold anything; it stays in the cause, for the log.
    throw new LadingError(
      'SCOPE_FAILED',
      `Nothing of ${resource.name} is exported: which rows may be seen could not be found out.`,
      { cause },
    )
  }
}

/** A Map or a class has members that nobody would look at, and so would mean every row. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
