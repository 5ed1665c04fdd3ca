// array: a JSON array of one scalar type; in a CSV cell also a comma-separated list.
import { elementTexts, JsonText } from '../record/json-text.ts'
import { type Codec, invalid, Refusal, shown } from './codec.ts'
import { json as jsonCodec, onOneLine } from './json.ts'
import { numeric } from './numeric.ts'

export interface ArrayOptions {
  /** Elements may be null. @defaultValue false */
  readonly nullable?: boolean
}

/** The codec of arrays whose elements are `element`. */
export function arrayOf(element: Codec, { nullable = false }: ArrayOptions = {}): Codec {
  const nothing = nullable ? null : invalid
  const fromJson = (value: unknown): unknown => {
    const items = itemsOf(value, element)
    if (items === undefined) return invalid
    const parsed = items.map(item => (item === null ? nothing : element.fromJson(item)))
    return parsed.find(item => item instanceof Refusal) ?? parsed
  }
  return {
    stagingType: `${element.stagingType}[]`,
    expectation: 'must be a list',
    parse: text =>
      text.trimStart().startsWith('[') ? parseJsonArray(text, fromJson) : parseList(text, element),
    fromJson,
    toCopy: (values: unknown[]) =>
      `{${values.map(value => (value === null ? 'NULL' : quoted(element.toCopy(value as never)))).join(',')}}`,
    print({ sql, type, unprintable }) {
      const { csv, json } = printed(sql, type)
      // Whole numbers may be kept in a column of decimals.
      const { isPrintable } = type === '_numeric' ? numeric : element
      const unfit = [
        // What JSON has no place for would be lost without a word.
        `array_ndims(${sql}) > 1`,
        `array_lower(${sql}, 1) <> 1`,
        ...(nullable ? [] : [`num_nulls(variadic ${sql}) > 0`]),
        ...(isPrintable === undefined
          ? []
          : [`not (select bool_and(${isPrintable('element', type.slice(1))}) from unnest(${sql}) element)`]),
      ].join(' or ')
      return {
        csv: `case when ${unfit} then ${unprintable} else ${csv} end`,
        json: `case when ${unfit} then to_json(${unprintable}) else to_json(${json}) end`,
      }
    },
    show: (values: unknown[]) =>
      `[${values.map(value => (value === null ? 'null' : shown(element, value, 'json'))).join(',')}]`,
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
