// The keywords that an import checks, by kind of schema, and the values that each accepts.
import { Kind, type TSchema, TypeRegistry } from '@sinclair/typebox'
import { isDecimal } from '../../../util/text/decimal.ts'

/** The values that a keyword accepts, and the words for them. */
export interface KeywordForm {
  accepts(value: unknown): boolean
  readonly words: string
}

type Keywords = Readonly<Record<string, KeywordForm>>

const anything: KeywordForm = { accepts: () => true, words: '' }
const count: KeywordForm = {
  accepts: value => Number.isSafeInteger(value) && Number(value) >= 0,
  words: 'a whole number from 0',
}
const number: KeywordForm = {
  accepts: value => typeof value === 'number' && Number.isFinite(value),
  words: 'a number',
}
const decimal: KeywordForm = {
  accepts: value =>
    typeof value === 'bigint' || number.accepts(value) || (typeof value === 'string' && isDecimal(value)),
  words: 'a number, as text if it has many digits',
}
const step = (form: KeywordForm): KeywordForm => ({
  accepts: value => form.accepts(value) && Number(value) > 0,
  words: 'a number above 0',
})
const flag: KeywordForm = { accepts: value => typeof value === 'boolean', words: 'true or false' }
const text: KeywordForm = { accepts: value => typeof value === 'string', words: 'text' }
const pattern: KeywordForm = {
  accepts: value => typeof value === 'string' && isExpression(value),
  words: 'a regular expression',
}

/** The formats of OpenAPI. */
const oneOf = (...formats: readonly string[]): KeywordForm => ({
  accepts: value => formats.some(format => format === value),
  words: formats.map(format => JSON.stringify(format)).join(' or '),
})

/** Values must have the schema's own type; any other could never match. */
const among = (takes: KeywordForm['accepts'], words: string): Keywords => ({
  const: { accepts: takes, words },
  enum: {
    accepts: value => Array.isArray(value) && value.length > 0 && value.every(takes),
    words: `a list of values, each ${words}`,
  },
})

const bounds = (form: KeywordForm): Keywords => ({
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
  ...among(text.accepts, text.words),
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
  ['Boolean', among(flag.accepts, flag.words)],
  ['Integer', { format: oneOf('int32', 'int64'), ...bounds(number), ...among(number.accepts, number.words) }],
  ['Number', { format: oneOf('float', 'double'), ...bounds(number), ...among(number.accepts, number.words) }],
  ['BigInt', { ...bounds(decimal), ...among(decimal.accepts, decimal.words) }],
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
