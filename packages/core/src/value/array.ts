// array: a JSON array of one scalar type; in a CSV cell also a comma-separated list.
import { elementTexts, JsonText } from '../record/json-text.ts'
import { type Codec, invalid, Refusal, shown } from './codec.ts'
import { json as jsonCodec, onOneLine } from './json.ts'
import { numeric } from './numeric.ts'

/** The codec of arrays whose elements are `element`. Elements may not be null. */
export function arrayOf(element: Codec): Codec {
  const fromJson = (value: unknown): unknown => {
    const items = itemsOf(value, element)
    if (items === undefined) return invalid
    const parsed = items.map(item => (item === null ? invalid : element.fromJson(item)))
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
    print({ sql, type, unprintable }) {
      const { csv, json } = printed(sql, type)
      // Whole numbers may be kept in a column of decimals.
      const { isPrintable } = type === '_numeric' ? numeric : element
      if (isPrintable === undefined) return { csv, json }
      const condition = isPrintable('element', type.slice(1))
      const every = `(select bool_and(${condition}) from unnest(${sql}) element) is not false`
      return {
        csv: `case when ${every} then ${csv} else ${unprintable} end`,
        json: `case when ${every} then to_json(${json}) else to_json(${unprintable}) end`,
      }
    },
    show: (values: unknown[]) => `[${values.map(value => shown(element, value, 'json')).join(',')}]`,
    isJson: true,
  }
}

/** Elements look as they do outside of arrays: strings where JSON numbers cannot hold them, instants in UTC with Z. */
function printed(sql: string, type: string): { csv: string; json: string } {
  if (type === '_json') return { csv: `to_json(${sql})::text`, json: onOneLine(sql, 'json[]') }
  if (type === '_timestamp' || type === '_timestamptz') {
    const csv = `replace(to_json(${sql}::timestamptz[])::text, '+00:00"', 'Z"')`
    return { csv, json: `${csv}::json` }
  }
  const exact = type === '_int8' || type === '_numeric' ? `${sql}::text[]` : sql
  return { csv: `to_json(${exact})::text`, json: exact }
}

/** Undefined for what is no list. Elements that are JSON keep their text, as such a value outside of a list does. */
function itemsOf(value: unknown, element: Codec): readonly unknown[] | undefined {
  const list = value instanceof JsonText ? value.value : value
  if (!Array.isArray(list)) return undefined
  if (element !== jsonCodec || !(value instanceof JsonText)) return list
  return elementTexts(value.text).map((text, index) =>
    list[index] === null ? null : new JsonText(text, list[index]),
  )
}

function parseJsonArray(text: string, fromJson: (value: unknown) => unknown): unknown {
  try {
    return fromJson(new JsonText(text, JSON.parse(text)))
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
