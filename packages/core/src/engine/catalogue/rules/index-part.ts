// A part of an index as PostgreSQL prints it → its column, and whether it is folded to lower case.
import { identifier } from '../../../postgres/identifier.ts'

export interface IndexPart {
  /** Unquoted name of the column. */
  readonly column: string
  /** The index holds `lower(column)`. */
  readonly isFolded: boolean
}

const lower = /^lower\((.*)\)$/s
const cast = /^(.*)::(?:text|character varying|bpchar)$/s
const parentheses = /^\((.*)\)$/s
const quoted = /^"(?:[^"]|"")+"$/
const plain = /^[a-z_][a-z0-9_$]*$/

/** `lower((email)::text)` → the column email, folded; `"E""mail"` → the column E"mail. Undefined for any other expression. */
export function readIndexPart(part: string): IndexPart | undefined {
  const folded = lower.exec(part)?.[1]
  const name = bare(folded ?? part)
  if (plain.test(name)) return { column: name, isFolded: folded !== undefined }
  if (!quoted.test(name)) return undefined
  return { column: name.slice(1, -1).replaceAll('""', '"'), isFolded: folded !== undefined }
}

function bare(expression: string): string {
  const inner = (cast.exec(expression) ?? parentheses.exec(expression))?.[1]
  return inner === undefined ? expression : bare(inner)
}

/** Returns a canonical text that is unique to the part, regardless of how PostgreSQL printed it. */
export function partText({ column, isFolded }: IndexPart): string {
  return isFolded ? `lower(${identifier(column)})` : identifier(column)
}

/** Returns the canonical text of each part; an expression is returned unchanged. */
export function partTexts(parts: readonly string[]): string[] {
  return parts.map(part => {
    const parsed = readIndexPart(part)
    return parsed === undefined ? part : partText(parsed)
  })
}

/** Returns the columns that are parts of an index, directly or as `lower(column)`. */
export function partColumns(parts: readonly string[]): string[] {
  return parts.flatMap(part => readIndexPart(part)?.column ?? [])
}
