// The beginning of a CSV file → what stands between its cells: as told, as its `sep=` line says, or as its header shows.
import type { Delimiter } from '../format.ts'

export interface Dialect {
  /** Undefined where a `sep=` line names another character, and nothing else was told. */
  readonly delimiter: Delimiter | undefined
  /** The `sep=` line, without its line ending. */
  readonly directive: string | undefined
  /** Characters of the `sep=` line, with its line ending. */
  readonly skip: number
}

export interface DialectOptions {
  /** What somebody told; it wins over the file. */
  readonly delimiter?: Delimiter | undefined
  readonly maxRecordBytes: number
}

const delimiters: readonly Delimiter[] = [',', ';', '\t', '|']

/** Excel writes such a line, and reads it, but shows it to nobody. */
const directiveLine = /^("?)sep=(.)\1(?=[\r\n]|$)/iu
/** A longer line is no `sep=` line. */
const directiveLength = 10

/**
 * The dialect of a text that begins with no blank line. `'more'`: too little of it is known; `final`: nothing
 * follows it. `'too large'`: the header has no end within `maxRecordBytes`.
 *
 * Looks at no more than the first line and the header, and at all of them, so that the answer does not depend on
 * how much of the file has come.
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
  return { delimiter: mostOf(counts), directive: undefined, skip: 0 }
}

/** How often the header has each delimiter outside of quotes, and the index of its line ending. */
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
 * A comma where two have as many, or where there is none: a wrong guess would be worse than one column, which the
 * check of the header explains.
 */
function mostOf(counts: ReadonlyMap<string, number>): Delimiter {
  const most = Math.max(...counts.values())
  const [first, second] = delimiters.filter(delimiter => counts.get(delimiter) === most)
  return first === undefined || second !== undefined ? ',' : first
}

/** Index of the quote that closes the cell, or the length of the text. Two quotes are one that is data. */
function closingQuote(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at
  }
  return text.length
}
