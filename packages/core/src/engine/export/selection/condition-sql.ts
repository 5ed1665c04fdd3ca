// A test of a field → SQL. Values are literals from the field's codec, with a cast.

import { literal } from '../../../postgres/identifier.ts'
import { limitOf } from '../../catalogue/fit/fit.ts'
import type { TargetColumn } from '../../catalogue/target.ts'
import { outputText, outputTexts } from '../../value/output-text.ts'
import { type FieldTest, filterInvalid } from './filter.ts'

const operatorOf = { gte: '>=', gt: '>', lte: '<=', lt: '<' } as const

/** Text types that compare every value unchanged; `name` and `"char"` would truncate it. */
const textTypes = ['text', 'varchar', 'bpchar', 'citext']

/** Of `pg_type.typcategory`: dates, intervals, enums, strings, bits, numbers, networks, booleans, ranges. */
const orderedCategories = 'DTESVNIBR'

/** Whether the database orders such a column, and as people expect. */
export function hasNativeOrder({ info, field }: Pick<TargetColumn, 'info' | 'field'>): boolean {
  if (field.type.kind === 'uuid') return true
  return field.type.kind === 'array'
    ? !['_json', '_xml', '_point'].includes(info.type)
    : orderedCategories.includes(info.category)
}

/**
 * @param column with a qualified name
 * @throws LadingError `FILTER_INVALID` for a value that is invalid for the column's type
 */
export function conditionSql(column: TargetColumn, test: FieldTest): string {
  const { sql } = column
  if (test.test === 'null') return `${sql} is ${test.isNull ? '' : 'not '}null`
  const { left, right } = operands(column)
  if (test.test === 'in') {
    const values = test.values.map(value => right(value))
    const equals = values.length === 1 ? `${left} = ${values.join()}` : `${left} in (${values.join(', ')})`
    return test.orNull ? `(${equals} or ${sql} is null)` : equals
  }
  if (isExportedAsText(column)) {
    throw filterInvalid(column.field, `cannot have a range: its column type is ${column.info.castType}`)
  }
  return `${left} ${operatorOf[test.test]} ${right(test.value)}`
}

interface Operands {
  readonly left: string
  readonly right: (value: unknown) => string
}

/** Casts never narrow: a number beyond the column's range equals nothing, and is no error. */
function operands(column: TargetColumn): Operands {
  const { field, info, codec, sql } = column
  // A codec can write every value that it parsed.
  const text = (value: unknown) => literal(codec.toCopy(value as never))
  const staged = (value: unknown) => `${text(value)}::${codec.stagingType}`
  const cast = (value: unknown) => `${staged(value)}::${info.castType}`
  if (isExportedAsText(column)) {
    return field.type.kind === 'array'
      ? { left: outputTexts({ ...info, sql }), right: value => `${text(value)}::text[]` }
      : { left: outputText({ ...info, sql }), right: value => `${text(value)}::text` }
  }
  const checkedCast = (value: unknown) => {
    const limit = limitOf(column)
    if (limit !== undefined && !limit.fits(value)) throw filterInvalid(field, limit.expectation)
    return cast(value)
  }
  switch (field.type.kind) {
    case 'json':
      return { left: `${sql}::jsonb`, right: value => `${text(value)}::jsonb` }
    case 'uuid':
      // Other programs may have written the text, in upper or lower case.
      return info.type === 'uuid'
        ? { left: sql, right: cast }
        : { left: `lower(${sql}::text)`, right: value => `${staged(value)}::text` }
    case 'array':
      if (field.type.element === 'uuid' && info.elementType !== 'uuid') {
        return { left: `lower(${sql}::text)::text[]`, right: value => `${staged(value)}::text[]` }
      }
      return field.type.element === 'json'
        ? { left: `${sql}::jsonb[]`, right: value => `${staged(value)}::jsonb[]` }
        : { left: sql, right: checkedCast }
    case 'integer':
    case 'bigint':
    case 'numeric':
      return { left: sql, right: staged }
    case 'float':
      return {
        left: sql,
        right: value => (fitsFloat4(value) ? cast(value) : `${text(value)}::double precision`),
      }
    case 'text':
      return { left: sql, right: info.labels === null ? cast : checkedCast }
    default:
      return { left: sql, right: cast }
  }
}

/** PostgreSQL rejects a float4 that overflows or underflows. */
function fitsFloat4(value: unknown): boolean {
  const single = Math.fround(Number(value))
  return Number.isFinite(single) && (single !== 0 || value === 0)
}

/** A column of another type that is exported as text, such as inet or xml: its values are equal if they print the same. */
export function isExportedAsText({ field, info }: TargetColumn): boolean {
  const { type } = field
  const isText = type.kind === 'text' || (type.kind === 'array' && type.element === 'text')
  return isText && info.labels === null && !textTypes.includes(info.elementType ?? info.type)
}
