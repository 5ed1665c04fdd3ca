// The text of a cell → what the field's `transform` makes of it.
import { callHook } from '../../errors/hook.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { Field } from '../resource/field.ts'

/** @throws LadingError `HOOK_FAILED` if it throws, or gives anything but text */
export function transformed({ name, transform }: Field, text: string): string {
  if (transform === undefined) return text
  const hook = `The transform of "${name}"`
  const given: unknown = callHook(hook, () => transform(text))
  if (typeof given === 'string') return given
  throw new LadingError('HOOK_FAILED', `${hook} returned something that is no text; it must return a string.`)
}
