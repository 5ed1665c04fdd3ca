// text: any Unicode text that PostgreSQL can hold.
import { type Codec, InvalidValue, invalid } from './codec.ts'
import { outputText } from './output-text.ts'

// PostgreSQL rejects NUL in text (22021), and a driver would silently turn a lone surrogate into U+FFFD.
const nul = new InvalidValue(
  'NUL_CHARACTER',
  'contains a NUL character (U+0000), which PostgreSQL cannot store; remove it',
)
const illFormed = new InvalidValue(
  'ILL_FORMED_TEXT',
  'contains half of a surrogate pair, which is not valid Unicode; remove it',
)

export const text: Codec = {
  stagingType: 'text',
  expectation: 'must be text',
  // A decoder yields well-formed text only, but a field's `transform` may split a surrogate pair.
  parse: value => checkText(value) ?? value,
  fromJson: value => (typeof value === 'string' ? (checkText(value) ?? value) : invalid),
  toCopy: (value: string) => value,
  print: column => {
    const printed = outputText(column)
    return { csv: printed, json: printed }
  },
}

/** Why `value` cannot be stored as text; undefined if it can. */
export function checkText(value: string): InvalidValue | undefined {
  if (value.includes('\0')) return nul
  return value.isWellFormed() ? undefined : illFormed
}
