// One parsed JSON object → why it cannot be handed on as it was written, if it cannot.
import { closingQuote } from '../../record/json-text.ts'
import type { RecordProblem } from '../../record/source-record.ts'

/** The object itself, and as many levels below it as a value of the type json may have. */
export const maxDepth = 65

/** What JSON.parse does not tell of an object. */
export interface Shape {
  /** Keys of the outermost object as they stand in the text, equal ones too. */
  readonly members: number
  /** The greatest depth; 1 is the object itself. */
  readonly depth: number
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function lossOf(
  object: Readonly<Record<string, unknown>>,
  { members, depth }: Shape,
  maxKeys: number,
): RecordProblem | undefined {
  // Whatever walks a value by recursion (JSON.stringify too) would overflow the stack.
  if (depth > maxDepth) {
    return {
      code: 'TOO_DEEP',
      message: `The values of the object are nested more than ${maxDepth - 1} levels deep.`,
    }
  }
  if (members > maxKeys) {
    return { code: 'TOO_MANY_KEYS', message: `The object has ${members} keys; ${maxKeys} are the most.` }
  }
  // RFC 8259, 4: of two equal keys, many implementations report the last only; so does JSON.parse.
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

/** The shape of text that is known to be a JSON object. */
export function shapeOf(json: string): Shape {
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
