// Listeners that are told of what has happened, and not waited for: whatever they throw changes nothing, and reaches the log.
import { hookFault, isPromise } from './hook.ts'
import type { LadingError } from './lading-error.ts'

/** The listener as one that neither throws nor rejects. @param onFailure hears `HOOK_FAILED` with what it threw as the cause */
export function quietly<Facts extends readonly unknown[]>(
  name: string,
  listener: ((...facts: Facts) => unknown) | undefined,
  onFailure: (fault: LadingError) => void,
): (...facts: Facts) => void {
  if (listener === undefined) return () => undefined
  const failed = (error: unknown) => onFailure(hookFault(name, error))
  return (...facts) => {
    try {
      const answer = listener(...facts)
      if (isPromise(answer)) Promise.resolve(answer).catch(failed)
    } catch (error) {
      failed(error)
    }
  }
}

/** The log itself. There is nobody else to tell but the process, which is told the first time. */
export function quietLog<Facts extends readonly unknown[]>(
  name: string,
  log: ((...facts: Facts) => unknown) | undefined,
): (...facts: Facts) => void {
  let isTold = false
  return quietly(name, log, ({ message, cause }) => {
    if (isTold) return
    isTold = true
    process.emitWarning(`${message} What it should have kept is lost. (${onOneLine(cause)})`, {
      code: 'LADING_HOOK_FAILED',
    })
  })
}

/** As a log can hold it: whatever is in an error, it begins no line of its own and rules no terminal. */
function onOneLine(cause: unknown): string {
  return String(cause).replaceAll(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    found => `\\u{${found.codePointAt(0)?.toString(16)}}`,
  )
}
