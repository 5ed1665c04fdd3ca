// A JSON object that wraps its records → where they are, and how many.
import { escapeInvisible } from '../../util/text/invisible.ts'

/** Records inside an object: an array of objects, or an object whose values are objects. */
export interface NestedRecords {
  /** Keys from the outside in; empty if the records are values of the object itself. */
  readonly path: readonly string[]
  readonly count: number
  /** One of them. */
  readonly example: Readonly<Record<string, unknown>>
}

/** Search limits, which bound the cost of a hostile object: levels below the outermost one, and values in total. */
const maxLevels = 8
const maxValues = 100_000

type JsonObject = Readonly<Record<string, unknown>>

/**
 * Finds arrays of objects, in document order. If there are none, finds the first object with at least two objects among
 * its values. The contents of arrays are not searched.
 */
export function nestedRecords(object: JsonObject): readonly NestedRecords[] {
  const lists: NestedRecords[] = []
  const byName: NestedRecords[] = []
  let remaining = maxValues
  const search = (value: JsonObject, path: readonly string[]): void => {
    const values = Object.entries(value)
    const inner = values.filter((entry): entry is [string, JsonObject] => isObject(entry[1]))
    const [first, second] = inner
    if (first !== undefined && second !== undefined)
      byName.push({ path, count: inner.length, example: first[1] })
    for (const [key, member] of values) {
      if (remaining-- <= 0) return
      if (Array.isArray(member)) {
        const objects = member.slice(0, Math.max(0, remaining)).filter(isObject)
        remaining -= member.length
        const [example] = objects
        if (example !== undefined) lists.push({ path: [...path, key], count: objects.length, example })
      } else if (isObject(member) && path.length < maxLevels) search(member, [...path, key])
    }
  }
  search(object, [])
  return lists.length > 0 ? lists : byName.slice(0, 1)
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Maximum number of paths in a message. */
const maxNamedPaths = 5

/** Prints paths with counts: `data (2), result.items (10)`. @param isPart only part of the object was read */
export function printPaths(found: readonly NestedRecords[], isPart = false): string {
  const named = found.slice(0, maxNamedPaths).map(({ path, count }) => {
    const number = isPart ? `at least ${count}` : `${count}`
    return path.length === 0 ? `the outermost keys (${number})` : `${path.map(step).join('.')} (${number})`
  })
  const more = found.length - named.length
  return `${named.join(', ')}${more > 0 ? ` and ${more} more places` : ''}`
}

function step(key: string): string {
  const cut = key.length <= 63 ? key : `${key.slice(0, 60)}…`
  return /^[\w$-]+$/.test(cut)
    ? cut
    : JSON.stringify(cut).replace(/^"(.*)"$/, (_, inner) => `"${escapeInvisible(inner)}"`)
}
