// Bytes → where a JSON value ends, without parsing it: matches brackets and skips strings (RFC 8259).
import { type JsonShape, maxDepth } from './object.ts'

export interface ValueExtent extends JsonShape {
  /** Index after the last byte. */
  readonly end: number
  /** Line feeds within the value. */
  readonly lines: number
}

/** Why no value was found: it continues after the bytes, is not valid JSON, or is nested too deeply. */
export type ValueEndFailure = 'open' | 'broken' | 'too deep'

const quote = 0x22
const backslash = 0x5c
const space = 0x20
const lf = 0x0a

/**
 * Finds the end of the value at `start`, reading the bytes before `limit`. Reports invalid JSON at the first byte that
 * proves it (a mismatched bracket, a control character in a string); JSON.parse finds the rest.
 */
export function findValue(bytes: Buffer, start: number, limit: number): ValueExtent | ValueEndFailure {
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
        // In ASCII the code of a closing bracket is 2 above that of its opening bracket.
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
const invalidString = -2

/** Index of the quote that ends a string, or why there is none. */
function closingQuote(bytes: Buffer, from: number, limit: number): number {
  for (let index = from; index < limit; index++) {
    const byte = bytes[index] ?? 0
    if (byte === quote) return index
    if (byte === backslash) index++
    else if (byte < space) return invalidString
  }
  return notClosed
}

/** Bytes that end a scalar: white space, what can follow a value in an array, and what begins another value. */
const scalarEnds: ReadonlySet<number> = new Set(Buffer.from(' \t\n\r,]}:[{"'))

/** A number, true, false or null: everything up to the next byte that cannot be part of one. */
function findScalar(bytes: Buffer, start: number, limit: number): ValueExtent | ValueEndFailure {
  for (let index = start; index < limit; index++) {
    if (!scalarEnds.has(bytes[index] ?? 0)) continue
    return index === start ? 'broken' : { end: index, lines: 0, members: 0, depth: 0 }
  }
  return 'open'
}
