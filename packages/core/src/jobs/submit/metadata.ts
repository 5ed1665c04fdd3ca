// What a caller notes of a job: a small JSON object, given back as it came.
import { LadingError } from '../../errors/lading-error.ts'

/** Bytes of its JSON text: enough for ids and a remark, too little to make the list of jobs slow. */
const maxBytes = 4_096

/** @throws LadingError `OPTION_INVALID` */
export function checkMetadata(metadata: unknown): Readonly<Record<string, unknown>> {
  if (metadata === undefined) return {}
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) throw invalid()
  const text = asJson(metadata)
  if (Buffer.byteLength(text) > maxBytes) throw invalid()
  // PostgreSQL's jsonb holds neither (manual, 8.14).
  if (/\\u0000|\\ud[89a-f]/i.test(text)) throw invalid('; it holds a character that cannot be kept')
  // It was an object, and nothing of it is shared with the caller any more.
  return JSON.parse(text) as Readonly<Record<string, unknown>>
}

function asJson(value: object): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (error) {
    throw invalid('; it holds what JSON cannot say', error)
  }
  if (text?.startsWith('{') !== true) throw invalid()
  return text
}

function invalid(why = '', cause?: unknown): LadingError {
  const message = `The option "metadata" must be a JSON object of at most ${maxBytes} bytes${why}.`
  return new LadingError('OPTION_INVALID', message, { cause })
}
