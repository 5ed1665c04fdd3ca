// Documented options that are not built yet: asked for, they are refused in one sentence, never ignored.
import { LadingError } from '../errors/lading-error.ts'

export function notYet(what: string): LadingError {
  return new LadingError('NOT_IMPLEMENTED', `${what} is not implemented yet.`)
}
