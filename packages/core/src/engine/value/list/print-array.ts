// Lists → text: the SQL that prints a list column, and the same text for a list in Node. CSV gets array literals, JSON gets arrays.
import { type Codec, type PrintedColumn, printValue } from '../codec.ts'
import { json as jsonCodec, onOneLine } from '../json.ts'
import { outputTexts } from '../output-text.ts'
import { text as textCodec } from '../text.ts'
import { lengthsOf, lowerBoundsOf } from './dimensions.ts'

export interface PrintedList {
  readonly element: Codec
  readonly nullable: boolean
  readonly dimensions: number
}

/** Builds the SQL of a list column. A value that an import would not read back unchanged ends the export. */
export function printList(column: PrintedColumn, list: PrintedList) {
  const { sql, type, unprintable } = column
  const { element, nullable, dimensions } = list
  const levels = Array.from({ length: dimensions }, (_, level) => level + 1)
  const { isPrintable } = element
  const unprintableElement =
    isPrintable === undefined
      ? []
      : [`not (select bool_and(${isPrintable('element', type.slice(1))}) from unnest(${sql}) element)`]
  // In a literal, quotes distinguish the JSON value null from no value; a JSON array cannot.
  const isJson = element === jsonCodec
  const csvConditions = [
    `array_ndims(${sql}) <> ${dimensions}`,
    ...(nullable ? [] : [`num_nulls(variadic ${sql}) > 0`]),
    ...(isJson ? [] : unprintableElement),
  ]
  const jsonConditions = [
    ...csvConditions,
    ...levels.map(level => `array_lower(${sql}, ${level}) <> 1`),
    ...(isJson ? unprintableElement : []),
  ]
  const { csv, json } = element === textCodec ? printedTexts(column) : printed(column, element)
  return {
    csv: `case when ${csvConditions.join(' or ')} then ${unprintable} else ${csv} end`,
    json: `case when ${jsonConditions.join(' or ')} then to_json(${unprintable}) else to_json(${json}) end`,
  }
}

function printedTexts(column: PrintedColumn): { csv: string; json: string } {
  const texts = outputTexts(column)
  return { csv: column.type === '_bpchar' ? `(${texts})::text` : `${column.sql}::text`, json: texts }
}

/** Elements print as they do outside of lists: booleans as words, instants with Z, strings where JSON numbers would round. */
function printed({ sql, type }: PrintedColumn, element: Codec): { csv: string; json: string } {
  const csv = `${sql}::text`
  switch (type) {
    case '_json':
      return { csv, json: onOneLine(sql, 'json[]') }
    case '_bool':
      return { csv: `${sql}::text[]::text`, json: sql }
    case '_timestamp':
    case '_timestamptz': {
      const instants = `${sql}::timestamptz[]`
      return {
        // Without the space, elements need no quotes.
        csv: `replace(replace(replace((${instants})::text, ' ', 'T'), '+00"', 'Z'), '"', '')`,
        json: `replace(to_json(${instants})::text, '+00:00"', 'Z"')::json`,
      }
    }
    case '_int8':
    case '_numeric':
      return { csv, json: element.isJson === true ? sql : `${sql}::text[]` }
    default:
      return { csv, json: sql }
  }
}

/** The array literal of a list, with its bounds if they differ from 1. @param print prints an element other than null */
export function listLiteral(
  values: readonly unknown[],
  delimiter: string,
  print: (value: unknown) => string,
): string {
  const list = braced(values, delimiter, print)
  const lowerBounds = lowerBoundsOf(values)
  if (lowerBounds === undefined) return list
  const lengths = lengthsOf(values)
  const bounds = lowerBounds.map((lower, level) => `[${lower}:${lower + (lengths[level] ?? 0) - 1}]`)
  return `${bounds.join('')}=${list}`
}

/** A loop, because `map` and `join` take 50 % longer. */
function braced(values: readonly unknown[], delimiter: string, print: (value: unknown) => string): string {
  let text = '{'
  for (let index = 0; index < values.length; index++) {
    const value = values[index]
    if (index > 0) text += delimiter
    if (value === null) text += 'NULL'
    else text += Array.isArray(value) ? braced(value, delimiter, print) : print(value)
  }
  return `${text}}`
}

export function jsonList(values: readonly unknown[], element: Codec): string {
  const items = values.map(value => {
    if (value === null) return 'null'
    return Array.isArray(value) ? jsonList(value, element) : printValue(element, value, 'json')
  })
  return `[${items.join(',')}]`
}

/** Prints an element, quoted as `array_out` quotes it. */
export function printElement(value: unknown, element: Codec, delimiter: string): string {
  const text = printValue(element, value, 'text')
  const needsQuotes =
    text === '' ||
    /["\\{} \t\n\r\v\f]/.test(text) ||
    text.includes(delimiter) ||
    text.toUpperCase() === 'NULL'
  return needsQuotes ? quoted(text) : text
}

/** Quotes an element of an array literal (PostgreSQL manual, 8.15.6), so that `NULL` and the empty string stay text. */
export function quoted(text: string): string {
  return `"${text.includes('"') || text.includes('\\') ? text.replace(/["\\]/g, '\\$&') : text}"`
}
