// String formats that schemas may use. TypeBox has none built in, and rejects every value of an unknown format.
import { FormatRegistry, type TSchema } from '@sinclair/typebox'
import { verbatimFormat } from '../../resource/schema/column-type.ts'
import { InvalidValue } from '../../value/codec.ts'
import { bigint } from '../../value/number/bigint.ts'
import { numeric } from '../../value/number/numeric.ts'
import { date } from '../../value/time/date.ts'
import { readInstant } from '../../value/time/timestamp-text.ts'
import { uuid } from '../../value/uuid.ts'

// RFC 5321's Dot-string and a domain name of two labels or more. Matching takes linear time: every repetition is bounded,
// or begins with a character that the previous one cannot match.
const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
const emailForm = new RegExp(`^${atom}(?:\\.${atom})*@${label}(?:\\.${label})+$`)

/** The longest deliverable address (RFC 5321, 4.5.3.1.3: a path of 256 octets including its brackets). */
const maxEmailLength = 254

/** True for a text with the form of a deliverable address. */
export function isEmail(text: string): boolean {
  return text.length <= maxEmailLength && emailForm.test(text)
}

const formats: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ['email', isEmail],
  // A field of such a type is parsed by its codec; these are for values inside json and lists.
  ...(
    [
      ['uuid', uuid],
      ['date', date],
      ['int64', bigint],
      ['decimal', numeric],
    ] as const
  ).map(([name, codec]) => [name, (text: string) => !(codec.parse(text) instanceof InvalidValue)] as const),
  // PostgreSQL checks these values.
  [verbatimFormat, () => true],
  // Unchanged only if it is RFC 3339, as the format requires. A timestamp field accepts more.
  ['date-time', text => readInstant(text) === text],
])

/** Registers the formats that the application has not registered itself. Calling it again changes nothing. */
export function registerFormats(): void {
  for (const [name, check] of formats) if (!FormatRegistry.Has(name)) FormatRegistry.Set(name, check)
}

/** Formats used in `schema` that are not registered. */
export function unknownFormats(schema: TSchema): string[] {
  const found: string[] = []
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    if ('type' in node && node.type === 'string' && 'format' in node && typeof node.format === 'string') {
      if (!FormatRegistry.Has(node.format)) found.push(node.format)
    }
    Object.values(node).forEach(visit)
  }
  visit(schema)
  return found
}
