// The option `limits` → checked limits of the HTTP service, in total and per caller.
import type { TSchema } from '@sinclair/typebox'
import { positiveNumber, timerSeconds } from '../../config/numbers.ts'
import { LadingError } from '../../errors/lading-error.ts'
import { limitsSchema } from './limits-schema.ts'

/** All limits apply per process: two processes accept twice as much. */
export interface HttpLimits {
  /** Import requests (a file or options) that are read at the same time; one more gets 429. @defaultValue 32 */
  readonly uploads: number
  /** The same for one caller, or for one address if the caller is unknown. @defaultValue 16 */
  readonly uploadsPerCaller: number
  /** Exports that run while they are sent; each holds a connection of the pool. @defaultValue 8 */
  readonly streamedExports: number
  /** The same for one caller. @defaultValue 4 */
  readonly streamedExportsPerCaller: number
  /** Downloads of stored data: export files, rejected records, lists of record errors. @defaultValue 16 */
  readonly downloads: number
  /** The same for one caller. @defaultValue 8 */
  readonly downloadsPerCaller: number
  /** Seconds that a request body may take in total; then 408. @defaultValue 3600 */
  readonly bodySeconds: number
  /** The minimum rate of a body in bytes a second, averaged over `bodyRateSeconds`; below it 408. @defaultValue 1024 */
  readonly bodyBytesPerSecond: number
  /** Seconds of waiting over which that rate is averaged. @defaultValue 30 */
  readonly bodyRateSeconds: number
  /** Seconds for which a client may read nothing of a response that is ready; then it is disconnected. @defaultValue 60 */
  readonly stalledAnswerSeconds: number
  /** The minimum rate at which a client reads a file, in bytes a second over `answerRateSeconds`; below it, it is disconnected. @defaultValue 1024 */
  readonly answerBytesPerSecond: number
  /** Seconds of waiting for the client over which that rate is averaged. @defaultValue 300 */
  readonly answerRateSeconds: number
  /** The maximum size of a JSON body in bytes. @defaultValue 65536 */
  readonly jsonBodyBytes: number
  /** The maximum number of form fields in addition to the file. @defaultValue 32 */
  readonly formFields: number
  /** The maximum size of one form field in bytes. @defaultValue 16384 */
  readonly formFieldBytes: number
}

/** The limits that a host overrides; a missing or undefined one has its default. */
export type HttpLimitsOptions = { readonly [Name in keyof HttpLimits]?: HttpLimits[Name] | undefined }

/**
 * Checks the limits and fills in the defaults. The time-outs of the host's server must be longer than these.
 *
 * @example
 * server.requestTimeout = (readLimits({ uploads: 8 }).bodySeconds + 60) * 1000
 *
 * @throws LadingError `CONFIG_INVALID` for an unknown limit, one that is not above 0, or a time too long for a timer
 */
export function readLimits(options: HttpLimitsOptions = {}): HttpLimits {
  const known: Readonly<Record<string, TSchema>> = limitsSchema.properties
  for (const [name, value] of Object.entries(options)) {
    const limit = Object.hasOwn(known, name) ? known[name] : undefined
    if (limit === undefined) throw unknownLimit(name)
    if (value === undefined) continue
    if (limit.maximum === undefined) positiveNumber(`limits.${name}`, value)
    else timerSeconds(`limits.${name}`, value)
  }
  const limits = Object.entries(known).map(([name, limit]) => [
    name,
    options[name as keyof HttpLimits] ?? limit.default,
  ])
  // One entry for each limit, checked above.
  return Object.fromEntries(limits) as HttpLimits
}

function unknownLimit(name: string): LadingError {
  const known = Object.keys(limitsSchema.properties).join(', ')
  return new LadingError('CONFIG_INVALID', `The limit "${name}" is unknown; known: ${known}.`)
}
