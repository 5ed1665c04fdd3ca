// Documented options that are not built yet: asked for, they are refused in one sentence, never ignored.
import { LadingError } from '../errors/lading-error.ts'

/** Options of exports that belong to a later version. */
export const laterOfExports = [
  'fields',
  'sort',
  'limit',
  'created_after',
  'created_before',
  'excel',
  'resources',
]

/** An option that is switched off asks for nothing. @throws LadingError `NOT_IMPLEMENTED` */
export function refuseUnbuilt(options: Readonly<Record<string, unknown>>, later: readonly string[]): void {
  for (const name of later) {
    const value = options[name]
    if (value !== undefined && value !== false) throw notYet(`The option "${name}"`)
  }
}

export function notYet(what: string): LadingError {
  return new LadingError('NOT_IMPLEMENTED', `${what} is not implemented yet.`)
}
