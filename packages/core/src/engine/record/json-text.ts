// A JSON value together with its source text, and functions that work on JSON text.

/**
 * A JSON value with its source text. PostgreSQL keeps every digit of a number, and a `json` column also keeps white space
 * and duplicate keys; a parsed JavaScript value does not.
 */
export class JsonText {
  constructor(
    readonly text: string,
    readonly value: unknown,
  ) {}

  /** Returns the value, so that reports show it instead of the text. */
  toJSON(): unknown {
    return this.value
  }
}

/** The members of a JSON object: key → value as text. @param json must be a valid JSON object */
export function memberTexts(json: string): ReadonlyMap<string, string> {
  const members = new Map<string, string>()
  for (const part of partsOf(json)) {
    const end = closingQuote(part, 0) + 1
    const key: string = JSON.parse(part.slice(0, end))
    members.set(key, part.slice(part.indexOf(':', end) + 1).trimStart())
  }
  return members
}

/** The elements of a JSON array, as text. @param json must be a valid JSON array */
export function elementTexts(json: string): readonly string[] {
  return partsOf(json)
}

/** The first duplicate key of an object at any depth, or undefined. JSON.parse keeps only the last one. @param json must be valid JSON */
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
      // A string is a key only if a colon follows.
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

/** Also matches strings, so that digits in them are skipped. Linear: no two alternatives begin alike. */
const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** The numbers in a JSON text, as written. */
export function* numbersIn(json: string): Generator<string> {
  for (const [literal] of json.matchAll(token)) if (!literal.startsWith('"')) yield literal
}

/** True if JavaScript would print a number in this JSON text differently, for instance with fewer digits or as `null`. */
export function changesNumbers(json: string): boolean {
  for (const literal of numbersIn(json)) if (String(Number(literal)) !== literal) return true
  return false
}

/** Index of the quote that closes the string at `open`: the first one after an even number of backslashes. */
export function closingQuote(json: string, open: number): number {
  for (let quote = json.indexOf('"', open + 1); ; quote = json.indexOf('"', quote + 1)) {
    let first = quote
    while (json.charCodeAt(first - 1) === 0x5c) first--
    if ((quote - first) % 2 === 0) return quote
  }
}

/** Splits a JSON array or object at its outermost commas, without the surrounding white space. */
function partsOf(json: string): string[] {
  const parts: string[] = []
  let level = 0
  let start = 0
  const take = (end: number) => {
    const part = json.slice(start, end).trim()
    // A part is empty only in an empty array or object.
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
