// The start of a CSV file → its delimiter: from the options, its `sep=` line, or its header.
import type { Delimiter } from '../format.ts'

export interface Dialect {
  /** Undefined if a `sep=` line names an unsupported character and the options name none. */
  readonly delimiter: Delimiter | undefined
  /** The `sep=` line, without its line ending. */
  readonly directive: string | undefined
  /** Length of the `sep=` line in characters, with its line ending. */
  readonly skip: number
}

export interface DialectOptions {
  /** Declared delimiter; it wins over the file. @defaultValue detected */
  readonly delimiter?: Delimiter | undefined
  readonly maxRecordBytes: number
}

const delimiters: readonly Delimiter[] = [',', ';', '\t', '|']

/** Excel reads and writes this line, but does not display it. */
const directiveLine = /^("?)sep=(.)\1(?=[\r\n]|$)/iu
/** A longer line is not a `sep=` line. */
const directiveLength = 10

/**
 * Detects the dialect of a text that does not begin with a blank line. Returns `'more'` if it needs more text, and
 * `'too large'` if the header does not end within `maxRecordBytes`.
 *
 * It looks only at the first line and the header, and waits until they are complete. So the answer does not depend on
 * the size of the chunks.
 *
 * @param final nothing follows `text`
 */
export function readDialect(
  text: string,
  { delimiter, maxRecordBytes }: DialectOptions,
  final: boolean,
): Dialect | 'more' | 'too large' {
  if (!final && text.length < directiveLength && !/[\r\n]/.test(text)) return 'more'
  const found = directiveLine.exec(text)
  if (found !== null) {
    const [directive] = found
    const named = delimiters.find(one => one === found[2])
    const ending = /^(?:\r\n|\r|\n)?/.exec(text.slice(directive.length))?.[0] ?? ''
    return { delimiter: delimiter ?? named, directive, skip: directive.length + ending.length }
  }
  if (delimiter !== undefined) return { delimiter, directive: undefined, skip: 0 }
  const { counts, end } = countDelimiters(text)
  if (Buffer.byteLength(text.slice(0, end)) > maxRecordBytes) return 'too large'
  if (end === text.length && !final) return 'more'
  return { delimiter: mostFrequent(counts), directive: undefined, skip: 0 }
}

/** Counts each delimiter in the header outside quotes, and finds the index of its line ending. */
function countDelimiters(text: string) {
  const counts = new Map<string, number>(delimiters.map(delimiter => [delimiter, 0]))
  let index = 0
  let beginsCell = true
  for (; index < text.length; index++) {
    const character = text[index] ?? ''
    if (character === '"' && beginsCell) index = closingQuote(text, index)
    if (character === '\r' || character === '\n') break
    const count = counts.get(character)
    beginsCell = count !== undefined
    if (count !== undefined) counts.set(character, count + 1)
  }
  return { counts, end: Math.min(index, text.length) }
}

/**
 * The most frequent delimiter; a comma if two are equally frequent or there is none. A wrong guess would be worse than
 * a single column, which the header check explains.
 */
function mostFrequent(counts: ReadonlyMap<string, number>): Delimiter {
  const most = Math.max(...counts.values())
  const [first, second] = delimiters.filter(delimiter => counts.get(delimiter) === most)
  return first === undefined || second !== undefined ? ',' : first
}

/** Index of the quote that closes the cell, or the length of the text. A doubled quote is data. */
function closingQuote(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at
  }
  return text.length
}
