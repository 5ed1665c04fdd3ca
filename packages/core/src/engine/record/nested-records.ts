// A JSON object that is wrapped around its records → where they are, and how many.
import { escapeInvisible } from '../../util/text/invisible.ts'

/** Records that lie inside of an object: a list of objects, or an object of objects by name. */
export interface NestedRecords {
  /** Keys from the outside in; none: the object itself holds them by name. */
  readonly path: readonly string[]
  readonly count: number
  /** One of them. */
  readonly example: Readonly<Record<string, unknown>>
}

/** How far is looked, so that a hostile object costs no more: levels below the outermost, and values in all. */
const maxLevels = 8
const maxValues = 100_000

type JsonObject = Readonly<Record<string, unknown>>

/**
 * Lists of objects, in the order of the text; where there is none, objects that hold at least two others by name. What
 * lies inside of a list is not looked at.
 */
export function nestedRecords(object: JsonObject): readonly NestedRecords[] {
  const lists: NestedRecords[] = []
  const byName: NestedRecords[] = []
  let left = maxValues
  const look = (value: JsonObject, path: readonly string[]): void => {
    const values = Object.entries(value)
    const inner = values.filter((entry): entry is [string, JsonObject] => isObject(entry[1]))
    const [first, second] = inner
    if (first !== undefined && second !== undefined)
      byName.push({ path, count: inner.length, example: first[1] })
    for (const [key, member] of values) {
      if (left-- <= 0) return
      if (Array.isArray(member)) {
        const objects = member.slice(0, Math.max(0, left)).filter(isObject)
        left -= member.length
        const [example] = objects
        if (example !== undefined) lists.push({ path: [...path, key], count: objects.length, example })
      } else if (isObject(member) && path.length < maxLevels) look(member, [...path, key])
    }
  }
  look(object, [])
  return lists.length > 0 ? lists : byName.slice(0, 1)
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Paths that a sentence names. */
const namedPaths = 5

/** `data (2), result.items (10)`. @param isPart not all of the object was looked at */
export function pathsOf(found: readonly NestedRecords[], isPart = false): string {
  const named = found.slice(0, namedPaths).map(({ path, count }) => {
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
