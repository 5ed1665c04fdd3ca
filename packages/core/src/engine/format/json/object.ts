// One parsed JSON object → why it cannot be passed on unchanged, if there is a reason.
import { closingQuote } from '../../record/json-text.ts'
import type { RecordProblem } from '../../record/source-record.ts'

/** Maximum depth: the object itself, and the levels allowed in a value of type json. */
export const maxDepth = 65

/** Facts about an object that JSON.parse does not report. */
export interface JsonShape {
  /** Number of keys in the outermost object as written, including duplicates. */
  readonly members: number
  /** Maximum depth; 1 is the object itself. */
  readonly depth: number
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function objectProblem(
  object: Readonly<Record<string, unknown>>,
  { members, depth }: JsonShape,
  maxKeys: number,
): RecordProblem | undefined {
  // Recursive functions such as JSON.stringify would overflow the stack.
  if (depth > maxDepth) {
    return {
      code: 'TOO_DEEP',
      message: `The values of the object are nested more than ${maxDepth - 1} levels deep.`,
    }
  }
  if (members > maxKeys) {
    return { code: 'TOO_MANY_KEYS', message: `The object has ${members} keys; the limit is ${maxKeys}.` }
  }
  // RFC 8259, 4: for duplicate keys, many implementations report only the last one, and so does JSON.parse.
  if (members > Object.keys(object).length) {
    return {
      code: 'DUPLICATE_JSON_KEY',
      message: 'The object has the same key twice, and one of the two values would be lost.',
    }
  }
  if (Object.hasOwn(object, '__proto__')) {
    return { code: 'FORBIDDEN_KEY', message: 'The object has the key "__proto__"; remove it.' }
  }
  return undefined
}

/** The shape of a valid JSON object, from its text. */
export function shapeOf(json: string): JsonShape {
  let level = 0
  let depth = 0
  let members = 0
  for (let index = 0; index < json.length; index++) {
    switch (json.charCodeAt(index)) {
      case 0x22: // "
        index = closingQuote(json, index)
        break
      case 0x3a: // :
        if (level === 1) members++
        break
      case 0x5b: // [
      case 0x7b: // {
        level++
        if (level > depth) depth = level
        break
      case 0x5d: // ]
      case 0x7d: // }
        level--
    }
  }
  return { members, depth }
}
