// The resource's scope, asked for a caller → tests that every row must pass. Whatever goes wrong, nothing is exported.
import type { HookTimeout } from '../../../errors/hook.ts'
import { LadingError } from '../../../errors/lading-error.ts'
import { askScope } from '../../resource/caller-scope.ts'
import type { Resource } from '../../resource/define.ts'
import type { Caller } from '../../resource/definition.ts'
import type { FieldTest } from './filter.ts'
import { readFilters } from './selection.ts'

/** @throws LadingError `SCOPE_FAILED` */
export async function scopeTests(
  resource: Resource,
  caller: Caller | undefined,
  patience: HookTimeout,
): Promise<readonly FieldTest[]> {
  try {
    const filters = await askScope(resource, caller, patience)
    return filters === undefined ? [] : readFilters(resource, filters, 'scope')
  } catch (cause) {
    // What the scope threw may hold anything; it stays in the cause, for the log.
    throw new LadingError(
      'SCOPE_FAILED',
      `Nothing of ${resource.name} is exported: which rows may be seen could not be found out.`,
      { cause },
    )
  }
}
