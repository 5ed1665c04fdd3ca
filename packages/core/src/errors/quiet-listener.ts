// Listeners that are notified without being awaited: what they throw changes nothing, and goes to the log.
import { hookFault, isPromise } from './hook.ts'
import type { LadingError } from './lading-error.ts'

/** Wraps a listener so that it neither throws nor rejects. @param onFailure receives `HOOK_FAILED`, with the error as its cause */
export function safeListener<Args extends readonly unknown[]>(
  name: string,
  listener: ((...facts: Args) => unknown) | undefined,
  onFailure: (fault: LadingError) => void,
): (...facts: Args) => void {
  if (listener === undefined) return () => undefined
  const reportFailure = (error: unknown) => onFailure(hookFault(name, error))
  return (...facts) => {
    try {
      const result = listener(...facts)
      if (isPromise(result)) Promise.resolve(result).catch(reportFailure)
    } catch (error) {
      reportFailure(error)
    }
  }
}

/** Wraps the log itself. Its first failure becomes a process warning; later ones are dropped. */
export function safeLogger<Args extends readonly unknown[]>(
  name: string,
  log: ((...facts: Args) => unknown) | undefined,
): (...facts: Args) => void {
  let hasWarned = false
  return safeListener(name, log, ({ message, cause }) => {
    if (hasWarned) return
    hasWarned = true
    process.emitWarning(`${message} The entry that it should have logged is lost. (${onOneLine(cause)})`, {
      code: 'LADING_HOOK_FAILED',
    })
  })
}

/** Escapes line breaks and control characters, so that an error can neither forge a log line nor control a terminal. */
function onOneLine(cause: unknown): string {
  return String(cause).replaceAll(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    character => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  )
}
