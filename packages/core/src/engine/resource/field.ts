// One field of a resource, compiled: its name in files, its column, its type, its codes.

import { OptionalKind, type TSchema } from '@sinclair/typebox'
import { isWholeNumber } from '../../config/numbers.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { FieldDefinition } from './definition.ts'
import { type ColumnType, readFieldSchema } from './schema/column-type.ts'

/** The characters of a text that an export shows; all others become stars. */
export interface Mask {
  readonly keepFirst: number
  readonly keepLast: number
}

export interface Field {
  readonly name: string
  /** Position in the resource, and in the `values` of a row. */
  readonly index: number
  readonly column: string
  readonly aliases: readonly string[]
  readonly type: ColumnType
  readonly schema: TSchema
  readonly required: boolean
  readonly nullable: boolean
  readonly readOnly: boolean
  readonly sensitive: boolean
  /** Never exported, filtered or sorted by, or named in a message. */
  readonly hidden: boolean
  /** The characters of a text that an export shows; undefined for all. */
  readonly mask: Mask | undefined
  /** The time of the last change: an update that changes the row without setting it sets it to the current time. */
  readonly touch: boolean
  /** For a lookup field: the reference field whose value is looked up by this one. */
  readonly standsFor: Field | undefined
  readonly transform: ((text: string) => string) | undefined
  readonly codes: { readonly missing: string; readonly invalid: string; readonly tooLong: string }
}

/** PostgreSQL silently cuts longer names (NAMEDATALEN is 64 bytes). */
const maxNameBytes = 63

/** Compiles one property of the schema. @throws LadingError `RESOURCE_INVALID` */
export function compileField(
  name: string,
  index: number,
  fieldSchema: TSchema,
  options: FieldDefinition = {},
): Field {
  if (name === '' || Buffer.byteLength(name) > maxNameBytes) {
    throw new LadingError('RESOURCE_INVALID', `Field name "${name}" must have 1 to ${maxNameBytes} bytes.`)
  }
  const { type, nullable, schema } = readFieldSchema(name, fieldSchema)
  const mask = options.mask && {
    keepFirst: options.mask.keepFirst ?? 0,
    keepLast: options.mask.keepLast ?? 0,
  }
  if (mask !== undefined) assertMask(name, type, mask)
  const invalid = options.codes?.invalid ?? invalidCode(name, type)
  return {
    name,
    index,
    column: options.column ?? name,
    aliases: options.aliases ?? [],
    type,
    schema,
    required: fieldSchema[OptionalKind] === undefined && options.readOnly !== true,
    nullable,
    readOnly: options.readOnly ?? false,
    sensitive: options.sensitive ?? false,
    hidden: options.hidden ?? false,
    mask,
    touch: options.touch ?? (type.kind === 'timestamp' && (options.column ?? name) === 'updated_at'),
    standsFor: undefined,
    transform: options.transform,
    codes: {
      missing: options.codes?.missing ?? 'MISSING_FIELD',
      invalid,
      tooLong: options.codes?.tooLong ?? invalid,
    },
  }
}

function assertMask(name: string, { kind }: ColumnType, mask: Mask): void {
  const invalidMask = (problem: string) => new LadingError('RESOURCE_INVALID', `Field "${name}" ${problem}`)
  if (kind !== 'text') throw invalidMask('has a mask, which only text can have; hide it instead.')
  for (const [part, count] of Object.entries(mask)) {
    if (!isWholeNumber(count, { minimum: 0, maximum: 1_000 })) {
      throw invalidMask(`has a mask whose ${part} must be a whole number from 0 to 1000.`)
    }
  }
}

/** Types that look the same in every table share one code; other codes are named after the field. */
function invalidCode(name: string, type: ColumnType): string {
  if (type.kind === 'uuid' || type.kind === 'boolean' || type.kind === 'timestamp') {
    return `INVALID_${type.kind.toUpperCase()}`
  }
  return `INVALID_${codeWord(name)}`
}

/** `author_id`, `authorId` → `author`: what the field refers to. `paid` and `id` stay as they are. */
export function referredName(name: string): string {
  return name.replace(/(?<=.)(?:[_\s-][Ii][Dd]|(?<=[\p{Ll}\p{N}])I[Dd])$/u, '')
}

/** `publishedAt`, `published-at` → `PUBLISHED_AT`. Letters of any script stay, so that different names get different codes. */
export function codeWord(name: string): string {
  return name
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1_$2')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '_')
    .toUpperCase()
}
