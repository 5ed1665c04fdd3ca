// THE list of hooks: every function that an application hands to Lading, what kind it is, and one use of it.
import { engineHooks } from './engine-hooks.ts'
import type { HookCase } from './hook-case.ts'
import { serviceHooks } from './service-hooks.ts'

export const allHooks: readonly HookCase[] = [...engineHooks, ...serviceHooks]
