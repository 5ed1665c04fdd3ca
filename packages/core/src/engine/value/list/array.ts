// array: lists of one scalar type. A CSV cell holds a PostgreSQL array literal, a JSON array, or comma-separated words.
import { elementTexts, JsonText } from '../../record/json-text.ts'
import { type Codec, InvalidValue, invalid } from '../codec.ts'
import { json as jsonCodec } from '../json.ts'
import { hasBounds, type Nested, readArrayLiteral } from './array-literal.ts'
import { shapeProblem, withLowerBounds } from './dimensions.ts'
import { jsonList, listLiteral, printElement, printList, quoted } from './print-array.ts'

export interface ArrayOptions {
  /** Elements may be null. @defaultValue false */
  readonly nullable?: boolean
  /** A list of two dimensions is a list of lists of elements. @defaultValue 1 */
  readonly dimensions?: number
  /** Delimiter between the elements of a literal; see `pg_type.typdelim`. @defaultValue `,` */
  readonly delimiter?: string
}

const nullElement = new InvalidValue(undefined, 'must not be null')
const notJson = new InvalidValue(undefined, 'begins with "[" and is not a JSON array, such as ["a","b c"]')

/** The codec of arrays whose elements are `element`. */
export function arrayOf(element: Codec, options: ArrayOptions = {}): Codec {
  const { nullable = false, dimensions = 1, delimiter = ',' } = options
  const list = { element, nullable, dimensions, delimiter }
  return {
    stagingType: `${element.stagingType}[]`,
    expectation: 'must be a list',
    element,
    parse: text => {
      const first = text.trimStart().charAt(0)
      if (first === '{' || (first === '[' && hasBounds(text))) return parseLiteral(text, list)
      if (first === '[') return parseJsonArray(text, list)
      return dimensions === 1 ? parseWords(text, element) : wrongDimensions(1, dimensions)
    },
    fromJson: value => fromJson(value, list),
    toCopy: (values: unknown[]) => listLiteral(values, ',', value => quoted(element.toCopy(value as never))),
    print: column => printList(column, list),
    show: (values: unknown[]) =>
      listLiteral(values, delimiter, value => printElement(value, element, delimiter)),
    showJson: (values: unknown[]) => jsonList(values, element),
  }
}

type List = Required<ArrayOptions> & { readonly element: Codec }

function fromJson(value: unknown, list: List): unknown {
  const values = readList(value, 1, list)
  const problem = list.dimensions > 1 && Array.isArray(values) ? shapeProblem(values) : undefined
  return problem === undefined ? values : new InvalidValue(undefined, problem)
}

function readList(value: unknown, level: number, list: List): unknown {
  const { element, nullable, dimensions } = list
  const items = itemsOf(value, element)
  if (items === undefined) return level === 1 ? invalid : new InvalidValue(undefined, 'must be a list')
  return mapItems(items, item => {
    if (level < dimensions) return readList(item, level + 1, list)
    if (item === null) return nullable ? null : nullElement
    return element.fromJson(item)
  })
}

/** Undefined if the value is not a list. JSON elements keep their text, as a JSON value outside of a list does. */
function itemsOf(value: unknown, element: Codec): readonly unknown[] | undefined {
  const list = value instanceof JsonText ? value.value : value
  if (!Array.isArray(list)) return undefined
  if (element !== jsonCodec || !(value instanceof JsonText)) return list
  return elementTexts(value.text).map((text, index) =>
    list[index] === null ? null : new JsonText(text, list[index]),
  )
}

/** Stops at the first invalid item, and adds its position. */
function mapItems<Item>(items: readonly Item[], read: (item: Item) => unknown): unknown {
  const values = new Array<unknown>(items.length)
  for (let index = 0; index < items.length; index++) {
    const value = read(items[index] as Item)
    if (value instanceof InvalidValue) return value.within(index + 1)
    values[index] = value
  }
  return values
}

function parseJsonArray(text: string, list: List): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return notJson
  }
  return fromJson(new JsonText(text, value), list)
}

function parseWords(text: string, element: Codec): unknown {
  const words = text
    .split(',')
    .map(word => word.trim())
    .filter(word => word !== '')
  return mapItems(words, word => element.parse(word))
}

function parseLiteral(text: string, list: List): unknown {
  const { dimensions, delimiter } = list
  const read = readArrayLiteral(text, delimiter)
  if (typeof read === 'string') return invalidLiteral(text, read)
  const { items, lengths, lowerBounds } = read
  if (lengths.length > 0 && lengths.length !== dimensions) return wrongDimensions(lengths.length, dimensions)
  const values = readItems(items, list)
  return lowerBounds === undefined || !Array.isArray(values) ? values : withLowerBounds(values, lowerBounds)
}

function readItems(nested: Nested, list: List): unknown {
  const { element, nullable } = list
  return mapItems(nested, item => {
    if (item === null) return nullable ? null : nullElement
    return typeof item === 'string' ? element.parse(item) : readItems(item, list)
  })
}

function invalidLiteral(text: string, problem: string): InvalidValue {
  return new InvalidValue(
    undefined,
    `begins with "${text.trimStart().charAt(0)}" and is not an array literal, such as {a,"b c"}: ${problem}`,
  )
}

function wrongDimensions(actual: number, expected: number): InvalidValue {
  return new InvalidValue(
    undefined,
    `must be a list of ${expected} ${expected === 1 ? 'dimension' : 'dimensions'}; this one has ${actual}`,
  )
}
