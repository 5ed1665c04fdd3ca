// Applies a field's `transform` to the text of a cell.
import { callHook } from '../../errors/hook.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { Field } from '../resource/field.ts'

/** @throws LadingError `HOOK_FAILED` if the transform throws, or returns anything but a string */
export function applyTransform({ name, transform }: Field, text: string): string {
  if (transform === undefined) return text
  const hook = `The transform of "${name}"`
  const result: unknown = callHook(hook, () => transform(text))
  if (typeof result === 'string') return result
  throw new LadingError(
    'HOOK_FAILED',
    `${hook} returned a value that is not a string; it must return a string.`,
  )
}
