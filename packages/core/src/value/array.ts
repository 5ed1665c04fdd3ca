// array: a JSON array of one scalar type; in a CSV cell also a comma-separated list.
import { type Codec, invalid, Refusal } from './codec.ts'

/** The codec of arrays whose elements are `element`. Elements may not be null. */
export function arrayOf(element: Codec): Codec {
  const fromJson = (value: unknown): unknown => {
    if (!Array.isArray(value)) return invalid
    const parsed = value.map(item => (item === null ? invalid : element.fromJson(item)))
    return parsed.find(item => item instanceof Refusal) ?? parsed
  }
  return {
    stagingType: `${element.stagingType}[]`,
    expectation: 'must be a list',
    parse: text =>
      text.trimStart().startsWith('[') ? parseJsonArray(text, fromJson) : parseList(text, element),
    fromJson,
    toCopy: (values: unknown[]) =>
      `{${values.map(value => quoted(element.toCopy(value as never))).join(',')}}`,
    print: ({ sql, type }) => {
      // Elements that JSON numbers cannot hold are printed as strings, as they are outside of arrays.
      const exact = type === '_int8' || type === '_numeric' ? `${sql}::text[]` : sql
      return { csv: `to_json(${exact})::text`, json: exact }
    },
  }
}

function parseJsonArray(text: string, fromJson: (value: unknown) => unknown): unknown {
  try {
    return fromJson(JSON.parse(text))
  } catch {
    return invalid
  }
}

function parseList(text: string, element: Codec): unknown {
  const items = text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '')
    .map(item => element.parse(item))
  return items.find(item => item instanceof Refusal) ?? items
}

/** An element of an array literal (PostgreSQL manual, 8.15.6): always quoted, so that `NULL` and `` stay text. */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
