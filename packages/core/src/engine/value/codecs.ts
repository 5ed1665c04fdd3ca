// The dispatch table: the codec of each column type.

import type { Field } from '../resource/field.ts'
import type { ColumnType, ScalarKind } from '../resource/schema/column-type.ts'
import { boolean } from './boolean.ts'
import type { Codec, ColumnFacts } from './codec.ts'
import { json } from './json.ts'
import { arrayOf } from './list/array.ts'
import { bigint } from './number/bigint.ts'
import { float, single } from './number/float.ts'
import { integer } from './number/integer.ts'
import { numeric } from './number/numeric.ts'
import { bigintOfNumeric, integerOfNumeric } from './number/whole-numeric.ts'
import { text } from './text.ts'
import { date } from './time/date.ts'
import { timestamp } from './time/timestamp.ts'
import { timestampWithoutZone } from './time/timestamp-without-zone.ts'
import { uuid } from './uuid.ts'

const scalars = {
  text,
  uuid,
  boolean,
  integer,
  bigint,
  numeric,
  float,
  date,
  timestamp,
  json,
} as const satisfies Record<ScalarKind, Codec>

/**
 * The codec of a column type. All codecs of one column type share their values, so one may parse what another writes.
 * The column decides which texts are accepted, and how values are staged.
 *
 * @param carrier the column, if it is known
 */
export function codecOf(
  type: ColumnType,
  carrier?: Pick<ColumnFacts, 'type' | 'elementType' | 'elementDelimiter'>,
): Codec {
  return type.kind === 'array'
    ? arrayOf(scalarOf(type.element, carrier?.elementType), {
        ...type,
        delimiter: carrier?.elementDelimiter ?? ',',
      })
    : scalarOf(type.kind, carrier?.type)
}

/** Finds the codec of a field. */
export type CodecOf = (field: Field) => Codec

/** Finds the codec by the type of the field alone, if its column is not known. */
export const codecByType: CodecOf = ({ type }) => codecOf(type)

function scalarOf(kind: ScalarKind, columnType: string | null | undefined): Codec {
  if (kind === 'timestamp' && columnType === 'timestamp') return timestampWithoutZone
  if (kind === 'float' && columnType === 'float4') return single
  if (kind === 'integer' && columnType === 'numeric') return integerOfNumeric
  if (kind === 'bigint' && columnType === 'numeric') return bigintOfNumeric
  return scalars[kind]
}
