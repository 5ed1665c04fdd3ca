// What the service takes at most, of everybody and of one caller: the option `limits` → numbers that can be relied on.
import { defaults } from '../../config/defaults.ts'
import { LadingError } from '../../errors/lading-error.ts'

/** All that are counted are counted in this process: two of them take twice as much. */
export interface HttpLimits {
  /** Requests with a file or options for an import that are read at the same time; one more gets 429. @defaultValue 32 */
  readonly uploads: number
  /** The same of one caller: who is known, else of one address. @defaultValue 16 */
  readonly uploadsPerCaller: number
  /** Exports that are printed while they are sent; each holds a connection of the pool. @defaultValue 8 */
  readonly streamedExports: number
  /** The same of one caller. @defaultValue 4 */
  readonly streamedExportsPerCaller: number
  /** Files of exports, rejected records and lists of record errors that are sent out of what is stored. @defaultValue 16 */
  readonly downloads: number
  /** The same of one caller. @defaultValue 8 */
  readonly downloadsPerCaller: number
  /** Seconds that the body of a request may take in all; then 408. @defaultValue 3600 */
  readonly bodySeconds: number
  /** Bytes a second that a body must come with, on average over `bodyRateSeconds`; else 408. @defaultValue 1024 */
  readonly bodyBytesPerSecond: number
  /** Seconds of waiting over which the rate is judged. @defaultValue 30 */
  readonly bodyRateSeconds: number
  /** Seconds for which a client may take nothing of an answer that is there for it; then it is cut off. @defaultValue 60 */
  readonly stalledAnswerSeconds: number
  /** Bytes a second that a client must take of a file, on average over `answerRateSeconds`; else it is cut off. @defaultValue 1024 */
  readonly answerBytesPerSecond: number
  /** Seconds of waiting for the client over which the rate is judged. @defaultValue 300 */
  readonly answerRateSeconds: number
  /** Bytes of a JSON body. @defaultValue 65536 */
  readonly jsonBodyBytes: number
  /** Fields of a form beside its file. @defaultValue 32 */
  readonly formFields: number
  /** Bytes of one of them. @defaultValue 16384 */
  readonly formFieldBytes: number
}

/** What a host has to say of them; what it leaves out, or undefined, is as the library has it. */
export type HttpLimitsOptions = { readonly [Name in keyof HttpLimits]?: HttpLimits[Name] | undefined }

const names = [
  'uploads',
  'uploadsPerCaller',
  'streamedExports',
  'streamedExportsPerCaller',
  'downloads',
  'downloadsPerCaller',
  'bodySeconds',
  'bodyBytesPerSecond',
  'bodyRateSeconds',
  'stalledAnswerSeconds',
  'answerBytesPerSecond',
  'answerRateSeconds',
  'jsonBodyBytes',
  'formFields',
  'formFieldBytes',
] as const satisfies readonly (keyof HttpLimits)[]

/** A timer of Node that is to wait for more than 2^31 milliseconds does not wait at all. */
const maxSeconds = 2_000_000

/**
 * What is taken where a host says no more than this. The time-outs of its server go by it: they have to be longer.
 *
 * @example
 * server.requestTimeout = (readLimits({ uploads: 8 }).bodySeconds + 60) * 1000
 *
 * @throws LadingError `CONFIG_INVALID` for a limit that is unknown, not above 0, or a time that no timer can wait
 */
export function readLimits(given: HttpLimitsOptions = {}): HttpLimits {
  for (const [name, value] of Object.entries(given)) {
    if (!names.some(known => known === name)) throw invalid(name, `is none; known: ${names.join(', ')}`)
    if (value === undefined) continue
    if (!(Number.isFinite(value) && value > 0)) throw invalid(name, 'must be above 0')
    if (name.endsWith('Seconds') && value > maxSeconds) throw invalid(name, `must be at most ${maxSeconds}`)
  }
  const of = (name: (typeof names)[number]) => given[name] ?? defaults[name]
  return {
    uploads: of('uploads'),
    uploadsPerCaller: of('uploadsPerCaller'),
    streamedExports: of('streamedExports'),
    streamedExportsPerCaller: of('streamedExportsPerCaller'),
    downloads: of('downloads'),
    downloadsPerCaller: of('downloadsPerCaller'),
    bodySeconds: of('bodySeconds'),
    bodyBytesPerSecond: of('bodyBytesPerSecond'),
    bodyRateSeconds: of('bodyRateSeconds'),
    stalledAnswerSeconds: of('stalledAnswerSeconds'),
    answerBytesPerSecond: of('answerBytesPerSecond'),
    answerRateSeconds: of('answerRateSeconds'),
    jsonBodyBytes: of('jsonBodyBytes'),
    formFields: of('formFields'),
    formFieldBytes: of('formFieldBytes'),
  }
}

function invalid(name: string, what: string): LadingError {
  return new LadingError('CONFIG_INVALID', `The limit "${name}" ${what}.`)
}
