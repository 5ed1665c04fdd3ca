// One record on its way to becoming a row: where it came from, its values by field, and what is wrong with it.
import type { RecordError } from '../../errors/record-error.ts'
import { reportedValue } from '../../errors/record-error.ts'
import { changesNumbers, JsonText, memberTexts } from '../record/json-text.ts'
import type { SourceRecord } from '../record/source-record.ts'
import type { Resource } from './define.ts'
import type { Field } from './field.ts'

export interface Row {
  readonly source: SourceRecord
  /**
   * By field index: first as the file gave them, later parsed, or why they could not be. `undefined` is absent,
   * which is not null.
   */
  readonly values: unknown[]
  /** By field index, what the file gave, where parsing changed or refused it. */
  given: Map<number, unknown> | undefined
  /** Broken rules, in the order of the rules; undefined while there are none. */
  errors: RecordError[] | undefined
  /** It was rejected before its values were read: nothing more can be said of them. */
  isUntyped?: true
  /** The field that a key of the record stands for; undefined where it has no keys. */
  readonly fieldOf?: ((key: string) => Field | undefined) | undefined
}

export function emptyRow({ inputs }: Resource, source: SourceRecord, fieldOf?: Row['fieldOf']): Row {
  const values = new Array(inputs.length).fill(undefined)
  return { source, values, given: undefined, errors: undefined, fieldOf }
}

/** A value of a JSON record as its file has it; undefined where there is no such text. */
export function jsonTextOf({ source, fieldOf }: Row, { name }: Field): string | undefined {
  if (fieldOf === undefined || source.raw === '') return undefined
  for (const [key, text] of memberTexts(source.raw)) if (fieldOf(key)?.name === name) return text
  return undefined
}

/** Notes one broken rule of the row. `field` null: the record as a whole is at fault. */
export function reject(
  resource: Resource,
  row: Row,
  field: Field | null,
  code: string,
  message: string,
): void {
  const { source } = row
  row.errors ??= []
  row.errors.push({
    rowNumber: source.rowNumber,
    line: source.line,
    recordIdentifier: recordIdentifier(resource, row),
    field: field?.name ?? null,
    code,
    message,
    value: isSensitive(resource, field)
      ? null
      : field === null
        ? reportedValue(source.raw || null)
        : givenText(row, field),
  })
}

/** A record that never became fields is shown whole, with whatever it holds. */
function isSensitive({ fields }: Resource, field: Field | null): boolean {
  return field === null ? fields.some(({ sensitive }) => sensitive) : field.sensitive
}

/** True if a rule of this field is already known to be broken. */
export function isRejected(row: Row, field: Field): boolean {
  return row.errors?.some(error => error.field === field.name) ?? false
}

/** The value as the file has it, with the digits that a number has there. */
function givenText(row: Row, field: Field): string | null {
  const given = row.given?.get(field.index) ?? row.values[field.index]
  if (given instanceof JsonText)
    return reportedValue(typeof given.value === 'string' ? given.value : given.text)
  if (typeof given !== 'number' && typeof given !== 'object') return reportedValue(given)
  const text = jsonTextOf(row, field)
  return reportedValue(text !== undefined && changesNumbers(text) ? text : given)
}

/** The value as a sentence may show it: null for none, undefined where it is nobody's business. */
export function shownValue(row: Row, field: Field): string | null | undefined {
  if (field.sensitive || field.hidden) return undefined
  return givenText(row, field)?.replaceAll(/\p{Cc}+/gu, ' ') ?? null
}

/** The natural key's value, else the first field's if it is an id, else nothing. */
function recordIdentifier(resource: Resource, row: Row): string {
  for (const key of resource.keys) {
    const parts = key.fields
      .filter(field => !field.hidden)
      .map(field => (field.sensitive ? null : givenText(row, field)))
    if (parts.length > 0 && parts.every(part => part !== null && part !== '')) return parts.join(', ')
  }
  const id = resource.fields.find(field => field.name === 'id' && !field.sensitive)
  return (id && givenText(row, id)) ?? ''
}
