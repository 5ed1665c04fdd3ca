// A record error: one broken rule of one record. A value, returned and counted, never thrown.

/** Maximum length of a reported value: enough to recognise it, too short to store a file in its own report. */
export const maxReportedValueLength = 200

export interface RecordError {
  /** CSV: the record's ordinal, counting the header and blank records, so that the first is usually 2. NDJSON: the physical line. Objects and JSON arrays: the ordinal from 1. */
  readonly rowNumber: number
  /** Physical line on which the record begins, from 1; equal to `rowNumber` if there are no lines. */
  readonly line: number
  /** Value of the natural key as the file gave it, else of the primary key, else `''`. */
  readonly recordIdentifier: string
  /** Field whose rule is broken; null if the record as a whole is at fault. */
  readonly field: string | null
  /** Stable code, such as `INVALID_EMAIL` or `DUPLICATE_SLUG`. */
  readonly code: string
  /** One sentence for the owner of the file. */
  readonly message: string
  /** The value as the file gave it, cut at 200 characters; null if there was none or the field is sensitive. */
  readonly value: string | null
}

/** Shows a value in a report: text as it is, anything else as JSON, cut at 200 characters. */
export function reportedValue(value: unknown): string | null {
  if (value === undefined || value === null) return null
  const text = typeof value === 'string' ? value : asJson(value)
  if (text.length <= maxReportedValueLength) return text
  const splitsPair =
    text.codePointAt(maxReportedValueLength - 1) !== text.charCodeAt(maxReportedValueLength - 1)
  return text.slice(0, splitsPair ? maxReportedValueLength - 1 : maxReportedValueLength)
}

/** JavaScript objects can hold what JSON cannot: cycles, 64-bit numbers, any depth. */
function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return String(value)
  }
}
