// A number among options → the same number, or a fault that names the option and its bounds.
import type { FaultCode } from '../errors/codes.ts'
import { LadingError } from '../errors/lading-error.ts'

export interface NumberBounds {
  readonly minimum: number
  /** @defaultValue no maximum; for whole numbers 2^53 - 1 */
  readonly maximum?: number | undefined
}

interface NumberCheck extends NumberBounds {
  /** `OPTION_INVALID` for an option of one call or request. @defaultValue `CONFIG_INVALID` */
  readonly code?: FaultCode | undefined
}

/** Whether this is a whole number that JavaScript holds exactly, within the bounds. */
export function isWholeNumber(value: unknown, bounds: NumberBounds): value is number {
  return Number.isSafeInteger(value) && isWithin(Number(value), bounds)
}

/** @param name the option, such as `batchRows` or `remote.pauseMs`. @throws LadingError unless it is a whole number within the bounds */
export function wholeNumber(name: string, value: number, { code, ...bounds }: NumberCheck): number {
  if (isWholeNumber(value, bounds)) return value
  throw invalidNumber(name, `a whole number ${boundsInWords(bounds)}`, code)
}

/** @throws LadingError `CONFIG_INVALID` unless it is a finite number within the bounds */
export function numberWithin(name: string, value: number, bounds: NumberBounds): number {
  if (Number.isFinite(value) && isWithin(value, bounds)) return value
  throw invalidNumber(name, `a number ${boundsInWords(bounds)}`)
}

/** @throws LadingError `CONFIG_INVALID` unless it is a finite number above 0 */
export function positiveNumber(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value
  throw invalidNumber(name, 'a number above 0')
}

/** Maximum delay of a timer in seconds. Node.js fires a timer of more than 2^31 milliseconds at once. */
export const maxTimerSeconds = 2_000_000

/** @throws LadingError `CONFIG_INVALID` unless it is a number of seconds above 0 that a timer can wait */
export function timerSeconds(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0 && value <= maxTimerSeconds) return value
  throw invalidNumber(name, `a number above 0, up to ${maxTimerSeconds}`)
}

/** @throws LadingError `CONFIG_INVALID` unless it is a whole number of seconds up to a day */
export function hookTimeout(value: number): number {
  return wholeNumber('hookTimeoutSeconds', value, { minimum: 1, maximum: 86_400 })
}

function isWithin(value: number, { minimum, maximum = Number.POSITIVE_INFINITY }: NumberBounds): boolean {
  return value >= minimum && value <= maximum
}

/** `from 1`, `from 1 to 100`. */
export function boundsInWords({ minimum, maximum }: NumberBounds): string {
  return `from ${minimum}${maximum === undefined ? '' : ` to ${maximum}`}`
}

function invalidNumber(name: string, expected: string, code: FaultCode = 'CONFIG_INVALID'): LadingError {
  return new LadingError(code, `The option ${name} must be ${expected}.`)
}
