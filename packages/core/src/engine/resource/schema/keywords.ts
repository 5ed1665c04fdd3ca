// Checks the keywords of a field's schema at any depth: one that an import would not check is a fault.
import { Kind, TransformKind, type TSchema, TypeGuard } from '@sinclair/typebox'
import { LadingError } from '../../../errors/lading-error.ts'
import { nearest } from '../../../util/text/suggest.ts'
import { keywordsOf, notes } from './keyword-forms.ts'

/** Replacements for common unsupported keywords. */
const advice: ReadonlyMap<string, string> = new Map([
  ['default', "give its column a default in the table, or set it in the resource's lookUp"],
  ['readOnly', 'set readOnly under "fields" of the resource'],
  ['writeOnly', 'set hidden under "fields" of the resource'],
  ['nullable', 'write Type.Union([…, Type.Null()])'],
])

/** @throws LadingError `RESOURCE_INVALID` */
export function assertKeywords(field: string, schema: TSchema): void {
  visit(field, schema, [], false)
  const known = new Set<string>()
  const referenced = new Set<string>()
  collectIds(schema, known, referenced)
  const missing = [...referenced].find(id => !known.has(id))
  if (missing !== undefined) {
    throw new LadingError(
      'RESOURCE_INVALID',
      `Field "${field}" has a Type.Ref to "${missing}", which its schema does not contain; use Type.Module or Type.Recursive.`,
    )
  }
}

function collectIds(schema: TSchema, known: Set<string>, referenced: Set<string>): void {
  if (typeof schema.$id === 'string') known.add(schema.$id)
  for (const id of Object.keys(schema.$defs ?? {})) known.add(id)
  if (typeof schema.$ref === 'string') referenced.add(schema.$ref)
  for (const [part] of partsOf(schema)) collectIds(part, known, referenced)
}

/** The first unsupported keyword of a resource's schema. `additionalProperties` is allowed: an option of each import decides about unknown columns. */
export function unsupportedOf(schema: TSchema): string | undefined {
  const known = new Set(['properties', 'required', 'additionalProperties'])
  return Object.keys(schema).find(keyword => !isNote(keyword) && !known.has(keyword))
}

function isNote(keyword: string): boolean {
  return notes.has(keyword) || keyword.startsWith('x-')
}

/** @param isJson the schema is nested in one whose values are JSON */
function visit(field: string, schema: TSchema, path: readonly string[], isJson: boolean): void {
  const invalid = (problem: string) => {
    const place = path.length === 0 ? '' : ` (in ${path.join('.')})`
    return new LadingError('RESOURCE_INVALID', `Field "${field}" has ${problem}${place}.`)
  }
  if (typeof schema !== 'object' || schema === null || schema[Kind] === undefined) {
    throw invalid("a schema that was not made with TypeBox's Type; use Type.Object, Type.String and the like")
  }
  if (TransformKind in schema) {
    throw invalid(
      'a Type.Transform, which an import does not run; use transform under "fields" of the resource',
    )
  }
  const forms = keywordsOf(schema)
  if (forms === null) return
  if (forms === undefined || (isJson && TypeGuard.IsBigInt(schema))) {
    throw invalid(`a Type.${schema[Kind]}, which an import cannot check; use another type`)
  }
  for (const [keyword, value] of Object.entries(schema)) {
    if (value === undefined || isNote(keyword)) continue
    const form = Object.hasOwn(forms, keyword) ? forms[keyword] : undefined
    if (form === undefined) throw invalid(unsupported(keyword, schema, Object.keys(forms)))
    if (!form.accepts(value)) throw invalid(`a keyword "${keyword}" that must be ${form.words}`)
  }
  const isWithinJson = isJson || !(TypeGuard.IsArray(schema) || TypeGuard.IsUnion(schema))
  for (const [part, place] of partsOf(schema)) visit(field, part, [...path, place], isWithinJson)
}

function unsupported(keyword: string, schema: TSchema, known: readonly string[]): string {
  const replacement = advice.get(keyword)
  const suggestion = nearest(keyword, known)
  const hint =
    replacement ??
    (suggestion && suggestion !== keyword
      ? `did you mean "${suggestion}"?`
      : "check it in the resource's own check")
  return `the unsupported keyword "${keyword}" on a Type.${schema[Kind]}; ${hint}`
}

/** The schemas nested in a schema, with the path to each. */
function partsOf(schema: TSchema): readonly (readonly [TSchema, string])[] {
  const named = (keyword: string) =>
    Object.entries<TSchema>(schema[keyword] ?? {}).map(
      ([name, part]) => [part, `${keyword}.${name}`] as const,
    )
  const single = (keyword: string) => {
    const part = schema[keyword]
    return typeof part === 'object' && part !== null ? [[part, keyword] as const] : []
  }
  const listed = (keyword: string) => {
    const parts: unknown = schema[keyword]
    return Array.isArray(parts) ? parts.map((part, index) => [part, `${keyword}.${index}`] as const) : []
  }
  return [
    ...named('properties'),
    ...named('patternProperties'),
    ...named('$defs'),
    ...(Array.isArray(schema.items) ? listed('items') : single('items')),
    ...single('contains'),
    ...single('additionalProperties'),
    ...single('unevaluatedProperties'),
    ...(TypeGuard.IsNever(schema) ? [] : single('not')),
    ...listed('anyOf'),
    ...listed('allOf'),
  ]
}
