// A JSON value together with the text that it was written as, and the texts of the values within it.

/**
 * PostgreSQL keeps every digit of a number, and columns of the type `json` even white space and repeated keys, while a
 * JavaScript value has lost them.
 */
export class JsonText {
  constructor(
    readonly text: string,
    readonly value: unknown,
  ) {}

  /** Reports show the value. */
  toJSON(): unknown {
    return this.value
  }
}

/** The values of a JSON object by their keys, as text. @param json known to be a JSON object */
export function memberTexts(json: string): ReadonlyMap<string, string> {
  const members = new Map<string, string>()
  for (const part of partsOf(json)) {
    const end = closingQuote(part, 0) + 1
    const key: string = JSON.parse(part.slice(0, end))
    members.set(key, part.slice(part.indexOf(':', end) + 1).trimStart())
  }
  return members
}

/** The elements of a JSON list, as text. @param json known to be a JSON list */
export function elementTexts(json: string): readonly string[] {
  return partsOf(json)
}

/** A key that an object has twice, at any depth, or undefined: JSON.parse keeps the last one only. @param json known to be JSON */
export function repeatedKey(json: string): string | undefined {
  const open: Set<string>[] = []
  for (let index = 0; index < json.length; index++) {
    const character = json[index]
    if (character === '{' || character === '[') open.push(new Set())
    else if (character === '}' || character === ']') open.pop()
    else if (character === '"') {
      const end = closingQuote(json, index) + 1
      let next = end
      while (/[ \t\r\n]/.test(json[next] ?? '')) next++
      // Only what a colon follows is a key.
      if (json[next] === ':') {
        const key: string = JSON.parse(json.slice(index, end))
        if (open.at(-1)?.has(key)) return key
        open.at(-1)?.add(key)
      }
      index = end - 1
    }
  }
  return undefined
}

/** Texts are passed over, so that digits in them count for nothing. Linear: no alternative begins like another. */
const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** The numbers of a JSON text, as they are written. */
export function* numbersIn(json: string): Generator<string> {
  for (const [literal] of json.matchAll(token)) if (!literal.startsWith('"')) yield literal
}

/** True if JavaScript prints a number of this JSON text in another way: with fewer digits, or as `null`. */
export function changesNumbers(json: string): boolean {
  for (const literal of numbersIn(json)) if (String(Number(literal)) !== literal) return true
  return false
}

/** Index of the quote that closes the text which begins at `open`: the first one with an even number of backslashes. */
export function closingQuote(json: string, open: number): number {
  for (let quote = json.indexOf('"', open + 1); ; quote = json.indexOf('"', quote + 1)) {
    let first = quote
    while (json.charCodeAt(first - 1) === 0x5c) first--
    if ((quote - first) % 2 === 0) return quote
  }
}

/** What the outermost commas divide, without the white space around it. */
function partsOf(json: string): string[] {
  const parts: string[] = []
  let level = 0
  let start = 0
  const take = (end: number) => {
    const part = json.slice(start, end).trim()
    // Only between the brackets of an empty list or object.
    if (part !== '') parts.push(part)
    start = end + 1
  }
  for (let index = 0; index < json.length; index++) {
    switch (json.charCodeAt(index)) {
      case 0x22: // "
        index = closingQuote(json, index)
        break
      case 0x2c: // ,
        if (level === 1) take(index)
        break
      case 0x5b: // [
      case 0x7b: // {
        if (level === 0) start = index + 1
        level++
        break
      case 0x5d: // ]
      case 0x7d: // }
        level--
        if (level === 0) take(index)
    }
  }
  return parts
}
