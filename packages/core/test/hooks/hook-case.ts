// One hook as the suite knows it: its kind, a use of it, and what comes of that when all is well.
import type { HookHarness } from './hook-harness.ts'
import type { Outcome } from './things.ts'

/** Of any signature: as such a function returns `never`, it can be passed as every hook. */
export type AnyHook = (...reported: unknown[]) => never

/** A hook that keeps to no signature. */
export type Behaviour = (...reported: unknown[]) => unknown

export function anyHook(behaviour: Behaviour): AnyHook {
  return behaviour as AnyHook
}

export interface HookCase {
  /** As docs/hooks.md names it. */
  readonly name: string
  /**
   * - `at once`: its answer is used, and must be there when it returns.
   * - `answer`: its answer is used, and is waited for.
   * - `within`: called during an operation, which waits for it.
   * - `listener`: called after an event; nothing waits.
   */
  readonly kind: 'at once' | 'answer' | 'within' | 'listener'
  /** The code that a fault of it becomes. @defaultValue `HOOK_FAILED` */
  readonly code?: string
  /** What it returns when all is well. */
  readonly good: Behaviour
  /** What came of it, then. */
  readonly result: unknown
  /** The code of the operation that continues, if an error is needed for it to be called. @defaultValue none */
  readonly unharmed?: string
  /** Its log is the process: an error there is a warning. */
  readonly isLog?: boolean
  /** Uses it once. @param signal of the run, where there is one */
  readonly use: (harness: HookHarness, hook: AnyHook, signal?: AbortSignal) => Promise<Outcome>
}
