// One record on its way to a row: its source, its values by field, and its errors.
import type { RecordError } from '../../errors/record-error.ts'
import { reportedValue } from '../../errors/record-error.ts'
import { changesNumbers, JsonText, memberTexts } from '../record/json-text.ts'
import type { SourceRecord } from '../record/source-record.ts'
import type { Resource } from './define.ts'
import type { Field } from './field.ts'

export interface Row {
  readonly source: SourceRecord
  /**
   * By field index: at first the values of the file, later parsed values or an `InvalidValue`. `undefined` means absent,
   * which differs from null.
   */
  readonly values: unknown[]
  /** By field index: the value of the file, if parsing changed or rejected it. */
  originals: Map<number, unknown> | undefined
  /** Broken rules, in the order of the rules; undefined if there are none. */
  errors: RecordError[] | undefined
  /** The row was rejected before its values were parsed, so they cannot be checked further. */
  isUntyped?: true
  /** Finds the field of a key of the record; undefined if the record has no keys. */
  readonly fieldOf?: ((key: string) => Field | undefined) | undefined
  /** Holds the row, at `lineIndex`, as a line of COPY; undefined for a row whose values are yet to be judged or encoded. */
  readonly lines?: CopyLines | undefined
  readonly lineIndex?: number
}

/** Lines of COPY for rows whose values are valid, written straight from the bytes of their records. */
export interface CopyLines {
  readonly bytes: Buffer
  /** By line: where it ends in `bytes`, with its line ending. */
  readonly ends: Uint32Array
  /** The fields of its cells, in the order of the target's columns; every line gives each of them. */
  readonly fields: readonly Field[]
  /** Parses the values of a row in place, as they were before they were encoded. */
  parse(row: Row): void
}

export function emptyRow({ inputs }: Resource, source: SourceRecord, fieldOf?: Row['fieldOf']): Row {
  const values = new Array(inputs.length).fill(undefined)
  return { source, values, originals: undefined, errors: undefined, fieldOf }
}

/** The source text of a value of a JSON record; undefined if there is none. */
export function jsonTextOf({ source, fieldOf }: Row, { name }: Field): string | undefined {
  if (fieldOf === undefined || source.raw === '') return undefined
  for (const [key, text] of memberTexts(source.raw)) if (fieldOf(key)?.name === name) return text
  return undefined
}

/** Adds one record error to the row. `field` is null if the record as a whole is at fault. */
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
        : originalText(row, field),
  })
}

/** An error of a whole record shows all of it, so one sensitive field makes it sensitive. */
function isSensitive({ fields }: Resource, field: Field | null): boolean {
  return field === null ? fields.some(({ sensitive }) => sensitive) : field.sensitive
}

/** True if the row already has an error for this field. */
export function isRejected(row: Row, field: Field): boolean {
  return row.errors?.some(error => error.field === field.name) ?? false
}

/** The value as the file has it, with all digits of a number. */
function originalText(row: Row, field: Field): string | null {
  const value = row.originals?.get(field.index) ?? row.values[field.index]
  if (value instanceof JsonText)
    return reportedValue(typeof value.value === 'string' ? value.value : value.text)
  if (typeof value !== 'number' && typeof value !== 'object') return reportedValue(value)
  const text = jsonTextOf(row, field)
  return reportedValue(text !== undefined && changesNumbers(text) ? text : value)
}

/** The value as a message may show it: null for no value, undefined if the field is sensitive or hidden. */
export function shownValue(row: Row, field: Field): string | null | undefined {
  if (field.sensitive || field.hidden) return undefined
  return originalText(row, field)?.replaceAll(/\p{Cc}+/gu, ' ') ?? null
}

/** The value of the natural key, else that of the field `id`, else `''`. */
function recordIdentifier(resource: Resource, row: Row): string {
  for (const key of resource.keys) {
    const parts = key.fields
      .filter(field => !field.hidden)
      .map(field => (field.sensitive ? null : originalText(row, field)))
    if (parts.length > 0 && parts.every(part => part !== null && part !== '')) return parts.join(', ')
  }
  const id = resource.fields.find(field => field.name === 'id' && !field.sensitive)
  return (id && originalText(row, id)) ?? ''
}
