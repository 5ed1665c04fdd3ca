// One record on its way to becoming a row: where it came from, its values by field, and what is wrong with it.
import type { RecordError } from '../errors/record-error.ts'
import { reportedValue } from '../errors/record-error.ts'
import { JsonText } from '../record/json-text.ts'
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
}

export function emptyRow({ inputs }: Resource, source: SourceRecord): Row {
  return { source, values: new Array(inputs.length).fill(undefined), given: undefined, errors: undefined }
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
  const given = field === null ? source.raw || null : givenValue(row, field)
  row.errors ??= []
  row.errors.push({
    rowNumber: source.rowNumber,
    line: source.line,
    recordIdentifier: recordIdentifier(resource, row),
    field: field?.name ?? null,
    code,
    message,
    value: isSensitive(resource, field) ? null : reportedValue(given),
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

/** The value as the file has it. */
function givenValue(row: Row, field: Field): unknown {
  const value = row.given?.get(field.index) ?? row.values[field.index]
  // A document shows its digits, which its value may have lost.
  return value instanceof JsonText && typeof value.value === 'object' ? value.text : value
}

/** The value as a sentence may show it: null for none, undefined where it is nobody's business. */
export function shownValue(row: Row, field: Field): string | null | undefined {
  if (field.sensitive || field.hidden) return undefined
  return reportedValue(givenValue(row, field))?.replaceAll(/\p{Cc}+/gu, ' ') ?? null
}

/** The natural key's value, else the first field's if it is an id, else nothing. */
function recordIdentifier(resource: Resource, row: Row): string {
  for (const key of resource.keys) {
    const parts = key.fields
      .filter(field => !field.hidden)
      .map(field => (field.sensitive ? null : reportedValue(givenValue(row, field))))
    if (parts.length > 0 && parts.every(part => part !== null && part !== '')) return parts.join(', ')
  }
  const id = resource.fields.find(field => field.name === 'id' && !field.sensitive)
  return (id && reportedValue(givenValue(row, id))) ?? ''
}
