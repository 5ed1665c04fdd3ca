// Bytes → where a JSON value ends, without parsing it: brackets in pairs, and text from quote to quote (RFC 8259).
import { maxDepth, type Shape } from './object.ts'

export interface Extent extends Shape {
  /** Index behind the last byte. */
  readonly end: number
  /** Line feeds within. */
  readonly lines: number
}

/** Why no value can be found: it goes on behind the bytes, or it is none. */
export type NoExtent = 'open' | 'broken' | 'too deep'

const quote = 0x22
const backslash = 0x5c
const space = 0x20
const lf = 0x0a

/**
 * The value that begins at `start`, looked for in the bytes before `limit`. What is no JSON is told at the first
 * byte that shows it for sure (a bracket of the wrong kind, a control character in a text); the rest is left to
 * JSON.parse.
 */
export function findValue(bytes: Buffer, start: number, limit: number): Extent | NoExtent {
  const first = bytes[start]
  if (first !== 0x7b && first !== 0x5b && first !== quote) return findScalar(bytes, start, limit)
  /** The closing bracket of each level that is open. */
  const closing: number[] = []
  let depth = 0
  let members = 0
  let lines = 0
  for (let index = start; index < limit; index++) {
    const byte = bytes[index]
    switch (byte) {
      case quote:
        index = closingQuote(bytes, index + 1, limit)
        if (index < 0) return index === notClosed ? 'open' : 'broken'
        break
      case 0x3a: // :
        if (closing.length === 1) members++
        break
      case 0x5b: // [
      case 0x7b: // {
        // In ASCII each closing bracket is two behind its opening one.
        closing.push(byte + 2)
        if (closing.length > maxDepth) return 'too deep'
        if (closing.length > depth) depth = closing.length
        break
      case 0x5d: // ]
      case 0x7d: // }
        if (closing.pop() !== byte) return 'broken'
        break
      case lf:
        lines++
    }
    if (closing.length === 0) return { end: index + 1, lines, members, depth }
  }
  return 'open'
}

const notClosed = -1
const notText = -2

/** Index of the quote that ends a text, or why there is none. */
function closingQuote(bytes: Buffer, from: number, limit: number): number {
  for (let index = from; index < limit; index++) {
    const byte = bytes[index] ?? 0
    if (byte === quote) return index
    if (byte === backslash) index++
    else if (byte < space) return notText
  }
  return notClosed
}

/** White space, and what can stand behind a value in an array or would begin another one. */
const ends: ReadonlySet<number> = new Set(Buffer.from(' \t\n\r,]}:[{"'))

/** A number, true, false or null: whatever stands before the next byte that can be part of none. */
function findScalar(bytes: Buffer, start: number, limit: number): Extent | NoExtent {
  for (let index = start; index < limit; index++) {
    if (!ends.has(bytes[index] ?? 0)) continue
    return index === start ? 'broken' : { end: index, lines: 0, members: 0, depth: 0 }
  }
  return 'open'
}
