// PostgreSQL's array literal, such as `{red,"dark green"}` or `[0:1]={a,b}` → the texts of its elements, or what is wrong with it.

/** Elements, or nested lists of them; null for NULL. */
export type Nested = readonly (string | null | Nested)[]

export interface ArrayLiteral {
  readonly items: Nested
  /** Length of each dimension; none for an empty list. */
  readonly lengths: readonly number[]
  /** Lower bound of each dimension; undefined if all are 1. */
  readonly lowerBounds: readonly number[] | undefined
}

/** True if a literal begins with its bounds. A JSON array begins with a bracket too. */
export function hasBounds(text: string): boolean {
  return /^\s*(?:\[[+-]?\d+(?::[+-]?\d+)?\]\s*)+=/.test(text)
}

/**
 * Reads exactly what `array_in` reads (PostgreSQL manual, 8.15.2 and 8.15.6), with the same meaning.
 *
 * @param delimiter between elements: a comma for all but a few types
 * @returns the literal, or a sentence that says what is wrong with it
 */
export function readArrayLiteral(text: string, delimiter: string): ArrayLiteral | string {
  const reader = new Reader(text, delimiter)
  try {
    return reader.read()
  } catch (problem) {
    if (problem instanceof Problem) return problem.sentence
    throw problem
  }
}

class Problem {
  constructor(readonly sentence: string) {}
}

/** What `array_isspace` treats as white space. */
const space = /[ \t\n\r\v\f]*/y
const spaceAtEnd = /[ \t\n\r\v\f]+$/
const quotedRun = /[^"\\]*/y
/** By delimiter. */
const bareRuns = new Map([',', ';'].map(delimiter => [delimiter, bareRunOf(delimiter)]))

function bareRunOf(delimiter: string): RegExp {
  return new RegExp(`[^"\\\\{}\\u{${delimiter.codePointAt(0)?.toString(16)}}]*`, 'uy')
}
const bound = /\[([+-]?\d+)(?::([+-]?\d+))?\][ \t\n\r\v\f]*/y
/** PostgreSQL's own limit (MAXDIM). */
const maxDimensions = 6

class Reader {
  private at = 0
  /** By dimension, known once its first list is closed. */
  private readonly lengths: number[] = []
  /** The depth of the elements; 0 before the first one. */
  private depth = 0
  private readonly bareRun: RegExp

  constructor(
    private readonly text: string,
    private readonly delimiter: string,
  ) {
    this.bareRun = bareRuns.get(delimiter) ?? bareRunOf(delimiter)
  }

  read(): ArrayLiteral {
    this.skipSpace()
    const bounds = this.readBounds()
    this.skipSpace()
    if (this.text[this.at] !== '{') throw this.problem('something precedes the opening brace')
    const items = this.readList(1)
    this.skipSpace()
    if (this.at < this.text.length) throw this.problem('something follows the closing brace')
    const lengths = items.length === 0 ? [] : this.lengths
    const fits =
      bounds === undefined ||
      (bounds.length === lengths.length &&
        bounds.every(({ lower, upper }, index) => upper - lower + 1 === lengths[index]))
    if (!fits) throw new Problem('the bounds do not fit the elements')
    const lowerBounds = bounds?.map(({ lower }) => lower)
    return { items, lengths, lowerBounds: lowerBounds?.some(lower => lower !== 1) ? lowerBounds : undefined }
  }

  /** Reads bounds, such as `[0:1][1:2]=`, if there are any. A single number is the upper bound. */
  private readBounds(): { readonly lower: number; readonly upper: number }[] | undefined {
    const bounds: { lower: number; upper: number }[] = []
    for (let found = this.bound(); found !== null; found = this.bound()) {
      const [, first = '', second] = found
      const [lower, upper] = second === undefined ? [1, Number(first)] : [Number(first), Number(second)]
      // PostgreSQL stores bounds in 32 bits, and needs one more than the upper bound.
      if (lower < -(2 ** 31) || upper > 2 ** 31 - 2) throw new Problem('a bound is out of range')
      bounds.push({ lower, upper })
    }
    if (bounds.length === 0) return undefined
    if (this.text[this.at] !== '=') throw this.problem('= is missing after the bounds')
    this.at++
    return bounds
  }

  private bound(): RegExpExecArray | null {
    bound.lastIndex = this.at
    const found = bound.exec(this.text)
    if (found !== null) this.at = bound.lastIndex
    return found
  }

  private readList(level: number): Nested {
    if (level > maxDimensions) throw new Problem(`it has more than ${maxDimensions} dimensions`)
    this.at++
    this.skipSpace()
    const items: (string | null | Nested)[] = []
    if (this.text[this.at] === '}') {
      if (level > 1) throw this.problem('an element is missing')
      this.at++
      return items
    }
    for (;;) {
      items.push(this.readItem(level))
      this.skipSpace()
      const next = this.text[this.at]
      if (next !== this.delimiter && next !== '}') throw this.misplaced()
      this.at++
      if (next === '}') break
      this.skipSpace()
    }
    const length = this.lengths[level - 1]
    if (length !== undefined && length !== items.length) throw new Problem('its inner lists differ in length')
    this.lengths[level - 1] = items.length
    return items
  }

  private readItem(level: number): string | null | Nested {
    const isList = this.text[this.at] === '{'
    if (!isList && this.depth === 0) this.depth = level
    if (this.depth !== 0 && isList !== level < this.depth) throw new Problem('it mixes lists and elements')
    if (isList) return this.readList(level + 1)
    return this.text[this.at] === '"' ? this.readQuoted() : this.readBare()
  }

  private readQuoted(): string {
    let value = ''
    for (let from = this.at + 1; ; ) {
      this.at = from
      value += this.match(quotedRun)
      const end = this.text[this.at]
      if (end === '"') {
        this.at++
        return value
      }
      // Any character after a backslash is data.
      const escaped = this.text[this.at + 1]
      if (escaped === undefined) throw new Problem('a closing quote is missing')
      value += escaped
      from = this.at + 2
    }
  }

  /** White space at either end belongs to the element only if it is escaped. */
  private readBare(): string | null {
    const start = this.at
    let value = ''
    /** Length of `value` up to its last escaped character. */
    let escapedLength = 0
    for (;;) {
      value += this.match(this.bareRun)
      const end = this.text[this.at]
      if (end === this.delimiter || end === '}') break
      if (end !== '\\') throw this.misplaced()
      const escaped = this.text[this.at + 1]
      if (escaped === undefined) throw new Problem('the closing brace is missing')
      value += escaped
      escapedLength = value.length
      this.at += 2
    }
    if (this.at === start) throw this.problem('an element is missing')
    const element = value.slice(0, escapedLength) + value.slice(escapedLength).replace(spaceAtEnd, '')
    return escapedLength === 0 && element.length === 4 && element.toUpperCase() === 'NULL' ? null : element
  }

  private misplaced(): Problem {
    const character = this.text[this.at]
    if (character === undefined) return new Problem('the closing brace is missing')
    return this.problem(
      character === '{' ? 'a brace in an element needs quotes' : 'an element is quoted in part',
    )
  }

  private problem(what: string): Problem {
    return this.at >= this.text.length
      ? new Problem('the closing brace is missing')
      : new Problem(`${what} at character ${this.at + 1}`)
  }

  private skipSpace(): void {
    if (this.text.charCodeAt(this.at) <= 0x20) this.match(space)
  }

  /** Consumes what the sticky expression matches here, possibly nothing, and returns it. */
  private match(form: RegExp): string {
    form.lastIndex = this.at
    form.test(this.text)
    const start = this.at
    this.at = form.lastIndex
    return this.text.slice(start, this.at)
  }
}
