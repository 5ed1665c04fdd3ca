// The name or character of a CSV delimiter, as a user writes it → the character.
import { LadingError } from '../../../errors/lading-error.ts'
import type { Delimiter } from '../format.ts'

const delimiters: ReadonlyMap<string, Delimiter> = new Map([
  [',', ','],
  ['comma', ','],
  [';', ';'],
  ['semicolon', ';'],
  ['\t', '\t'],
  ['\\t', '\t'],
  ['tab', '\t'],
  ['|', '|'],
  ['pipe', '|'],
])

/** @throws LadingError `OPTION_INVALID` */
export function readDelimiter(text: string): Delimiter {
  const found = delimiters.get(text.toLowerCase())
  if (found !== undefined) return found
  throw new LadingError(
    'OPTION_INVALID',
    'The option "delimiter" must be one of , ; | or TAB, or a word for it: comma, semicolon, pipe, tab.',
  )
}
