// String formats that schemas may name. TypeBox knows none of its own, and an unknown one fails every value.
import { FormatRegistry, type TSchema } from '@sinclair/typebox'
import { verbatimFormat } from '../../resource/schema/column-type.ts'
import { InvalidValue } from '../../value/codec.ts'
import { bigint } from '../../value/number/bigint.ts'
import { numeric } from '../../value/number/numeric.ts'
import { date } from '../../value/time/date.ts'
import { readInstant } from '../../value/time/timestamp-text.ts'
import { uuid } from '../../value/uuid.ts'

// RFC 5321's Dot-string with a domain name of two labels or more. Every repetition is bounded or begins with a
// character that cannot belong to the one before it, so that matching takes linear time.
const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
const emailForm = new RegExp(`^${atom}(?:\\.${atom})*@${label}(?:\\.${label})+$`)

/** The longest address that can be sent to (RFC 5321, 4.5.3.1.3: a path of 256 octets with its brackets). */
const maxEmailLength = 254

/** True for an address that mail can be sent to, by its form. */
export function isEmail(text: string): boolean {
  return text.length <= maxEmailLength && emailForm.test(text)
}

const formats: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ['email', isEmail],
  // A field of its own type is parsed; these are for what stands inside of json and of lists.
  ...(
    [
      ['uuid', uuid],
      ['date', date],
      ['int64', bigint],
      ['decimal', numeric],
    ] as const
  ).map(([name, codec]) => [name, (text: string) => !(codec.parse(text) instanceof InvalidValue)] as const),
  // PostgreSQL judges it.
  [verbatimFormat, () => true],
  // Unchanged only if it is RFC 3339, which is what the format means; a field of its own takes more.
  ['date-time', text => readInstant(text) === text],
])

/** Makes the formats known, unless the application has registered its own. Safe to repeat. */
export function registerFormats(): void {
  for (const [name, check] of formats) if (!FormatRegistry.Has(name)) FormatRegistry.Set(name, check)
}

/** Formats within `schema` that nobody has registered. */
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
