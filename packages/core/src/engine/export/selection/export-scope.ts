// The resource's scope for a caller → tests that every row must pass. If anything fails, nothing is exported.
import type { HookTimeout } from '../../../errors/hook.ts'
import { LadingError } from '../../../errors/lading-error.ts'
import { resolveScope } from '../../resource/caller-scope.ts'
import type { Resource } from '../../resource/define.ts'
import type { Caller } from '../../resource/definition.ts'
import type { FieldTest } from './filter.ts'
import { readFilters } from './selection.ts'

/** @throws LadingError `SCOPE_FAILED` */
export async function scopeTests(
  resource: Resource,
  caller: Caller | undefined,
  timeout: HookTimeout,
): Promise<readonly FieldTest[]> {
  try {
    const filters = await resolveScope(resource, caller, timeout)
    return filters === undefined ? [] : readFilters(resource, filters, 'scope')
  } catch (cause) {
    // The error that the scope threw may contain anything, so it stays in the cause, for the log.
    throw new LadingError(
      'SCOPE_FAILED',
      `Nothing was exported from ${resource.name}: the rows that the caller may see could not be determined.`,
      { cause },
    )
  }
}
