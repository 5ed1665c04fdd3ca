// The keywords of each kind of schema that an import checks, and what each takes as its value.
import { Kind, type TSchema, TypeRegistry } from '@sinclair/typebox'
import { isDecimal } from '../../../util/text/decimal.ts'

/** What a keyword takes, and the words for it. */
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

/** As OpenAPI has them. */
const oneOf = (...formats: readonly string[]): Form => ({
  takes: value => formats.some(format => format === value),
  words: formats.map(format => JSON.stringify(format)).join(' or '),
})

/** Values of the schema's own type: any other one could never be met. */
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
/** Numbers of many digits are text. */
const decimalString: Keywords = { ...string, ...bounds(decimal) }
const members: Keywords = {
  minProperties: count,
  maxProperties: count,
  additionalProperties: anything,
}

/** By `Kind`. Schemas within a schema are looked at by themselves. */
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

/** They say something to a reader, and ask nothing of a value. */
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

/** Undefined for a kind of schema that no import can check; `null` for one of the application's own. */
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
