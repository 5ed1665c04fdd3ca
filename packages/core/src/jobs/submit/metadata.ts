// Metadata that a caller attaches to a job: a small JSON object, returned unchanged.
import { LadingError } from '../../errors/lading-error.ts'
import { isStorable } from '../../util/text/storable.ts'

/** Bytes of its JSON text: enough for ids and a remark, and small enough to keep the list of jobs fast. */
const maxBytes = 4_096

/** @throws LadingError `OPTION_INVALID` */
export function checkMetadata(metadata: unknown): Readonly<Record<string, unknown>> {
  if (metadata === undefined) return {}
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) throw invalid()
  const text = asJson(metadata)
  if (Buffer.byteLength(text) > maxBytes) throw invalid()
  // The value was an object; the copy shares nothing with the caller.
  const copy = JSON.parse(text) as Readonly<Record<string, unknown>>
  if (!isStorable(copy)) throw invalid('; it contains a character that cannot be stored')
  return copy
}

function asJson(value: object): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (error) {
    throw invalid('; it contains a value that JSON cannot represent', error)
  }
  if (text?.startsWith('{') !== true) throw invalid()
  return text
}

function invalid(why = '', cause?: unknown): LadingError {
  const message = `The option "metadata" must be a JSON object of at most ${maxBytes} bytes${why}.`
  return new LadingError('OPTION_INVALID', message, { cause })
}
