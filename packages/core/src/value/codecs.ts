// The dispatch table: which codec carries which column type.
import type { ColumnType, ScalarKind } from '../resource/column-type.ts'
import { arrayOf } from './array.ts'
import { bigint } from './bigint.ts'
import { boolean } from './boolean.ts'
import type { Codec } from './codec.ts'
import { date } from './date.ts'
import { float } from './float.ts'
import { integer } from './integer.ts'
import { json } from './json.ts'
import { numeric } from './numeric.ts'
import { text } from './text.ts'
import { timestamp } from './timestamp.ts'
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

/** The codec of a column type. */
export function codecOf(type: ColumnType): Codec {
  return type.kind === 'array' ? arrayOf(scalars[type.element], type) : scalars[type.kind]
}
