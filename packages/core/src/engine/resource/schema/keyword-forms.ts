// The keywords that an import checks, by kind of schema, and the values that each accepts.
import { Kind, type TSchema, TypeRegistry } from '@sinclair/typebox'
import { isDecimal } from '../../../util/text/decimal.ts'

/** The values that a keyword accepts, and the words for them. */
export interface Form {
  takes(value: unknown): boolean
  readonly words: string
}

type Keywords = Readonly<Record<string, Form>>

const anything: Form = { takes: () => true, words: '' }
const count: Form = {
  takes: value => Number.isSafeInteger(value) && Number(value) >= 0,
  words: 'a whole number from 0',
}
const number: Form = {
  takes: value => typeof value === 'number' && Number.isFinite(value),
  words: 'a number',
}
const decimal: Form = {
  takes: value =>
    typeof value === 'bigint' || number.takes(value) || (typeof value === 'string' && isDecimal(value)),
  words: 'a number, as text if it has many digits',
}
const step = (form: Form): Form => ({
  takes: value => form.takes(value) && Number(value) > 0,
  words: 'a number above 0',
})
const flag: Form = { takes: value => typeof value === 'boolean', words: 'true or false' }
const text: Form = { takes: value => typeof value === 'string', words: 'text' }
const pattern: Form = {
  takes: value => typeof value === 'string' && isExpression(value),
  words: 'a regular expression',
}

/** The formats of OpenAPI. */
const oneOf = (...formats: readonly string[]): Form => ({
  takes: value => formats.some(format => format === value),
  words: formats.map(format => JSON.stringify(format)).join(' or '),
})

/** Values must have the schema's own type; any other could never match. */
const among = (takes: Form['takes'], words: string): Keywords => ({
  const: { takes, words },
  enum: {
    takes: value => Array.isArray(value) && value.length > 0 && value.every(takes),
    words: `a list of values, each ${words}`,
  },
})

const bounds = (form: Form): Keywords => ({
  minimum: form,
  maximum: form,
  exclusiveMinimum: form,
  exclusiveMaximum: form,
  multipleOf: step(form),
})

const string: Keywords = {
  minLength: count,
  maxLength: count,
  pattern,
  format: text,
  ...among(text.takes, text.words),
}
/** Numbers with many digits are text. */
const decimalString: Keywords = { ...string, ...bounds(decimal) }
const members: Keywords = {
  minProperties: count,
  maxProperties: count,
  additionalProperties: anything,
}

/** By `Kind`. Nested schemas are checked separately. */
const byKind: ReadonlyMap<string, Keywords> = new Map<string, Keywords>([
  ['Any', {}],
  ['Unknown', {}],
  ['Null', {}],
  ['Never', { not: anything }],
  ['Boolean', among(flag.takes, flag.words)],
  ['Integer', { format: oneOf('int32', 'int64'), ...bounds(number), ...among(number.takes, number.words) }],
  ['Number', { format: oneOf('float', 'double'), ...bounds(number), ...among(number.takes, number.words) }],
  ['BigInt', { ...bounds(decimal), ...among(decimal.takes, decimal.words) }],
  ['Literal', { const: anything }],
  ['TemplateLiteral', { pattern }],
  ['RegExp', { source: pattern, flags: text, minLength: count, maxLength: count }],
  ['Union', { anyOf: anything }],
  ['Intersect', { allOf: anything, unevaluatedProperties: anything }],
  ['Not', { not: anything }],
  [
    'Array',
    {
      items: anything,
      minItems: count,
      maxItems: count,
      uniqueItems: flag,
      contains: anything,
      minContains: count,
      maxContains: count,
    },
  ],
  ['Tuple', { items: anything, additionalItems: flag, minItems: count, maxItems: count }],
  ['Object', { properties: anything, required: anything, ...members }],
  ['Record', { patternProperties: anything, ...members }],
  ['Import', { $defs: anything, $ref: text }],
  ['Ref', { $ref: text }],
  ['This', { $ref: text }],
])

/** Keywords for readers, which put no rule on a value. */
export const notes: ReadonlySet<string> = new Set([
  'type',
  'title',
  'description',
  'examples',
  'example',
  'deprecated',
  '$id',
  '$schema',
  '$comment',
])

/** The keywords of a schema's kind; undefined if an import cannot check the kind, `null` for a custom kind. */
export function keywordsOf(schema: TSchema): Keywords | null | undefined {
  const kind = schema[Kind]
  const { format } = schema
  if (kind === 'String') return format === 'int64' || format === 'decimal' ? decimalString : string
  return byKind.get(kind) ?? (TypeRegistry.Has(kind) ? null : undefined)
}

function isExpression(source: string): boolean {
  try {
    return new RegExp(source) !== undefined
  } catch {
    return false
  }
}
